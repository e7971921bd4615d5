/* net/address: where outgoing requests may go. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "net/address.h"

static const struct sockaddr *of(const char *text)
{
    static struct sockaddr_storage at;
    struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;

    memset(&at, 0, sizeof(at));
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        at.ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
        at.ss_family = AF_INET6;
    else
        CHECK(!"an address");
    return (const struct sockaddr *)&at;
}

static void public_ones(void)
{
    static const char *const yes[] = {"8.8.8.8",         "1.1.1.1",      "172.15.255.255",   "172.32.0.0",
                                      "100.63.255.255",  "100.128.0.0",  "192.167.1.1",      "223.255.255.255",
                                      "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808", "2002:808:808::1",
                                      "::ffff:8.8.8.8"};
    static const char *const no[] = {"127.0.0.1",
                                     "127.255.0.1",
                                     "10.1.2.3",
                                     "172.16.0.1",
                                     "172.31.255.255",
                                     "192.168.1.1",
                                     "169.254.169.254",
                                     "100.64.0.1",
                                     "100.127.255.255",
                                     "0.0.0.0",
                                     "224.0.0.1",
                                     "255.255.255.255",
                                     "240.0.0.1",
                                     "198.18.0.1",
                                     "198.19.255.255",
                                     "::",
                                     "::1",
                                     "fc00::1",
                                     "fdff::1",
                                     "fe80::1",
                                     "febf::1",
                                     "ff02::1",
                                     "::ffff:127.0.0.1",
                                     "::ffff:10.0.0.1",
                                     "64:ff9b::7f00:1",
                                     "2002:7f00:1::1",
                                     "2002:a9fe:a9fe::",
                                     "::127.0.0.1",
                                     "64:ff9b:1::7f00:1",
                                     "64:ff9b:1:ffff::1",
                                     "3fff::1",
                                     "5f00::1",
                                     "2001:db8::1"};

    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
        CHECK(address_is_public(of(yes[i])));
    for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
        CHECK(!address_is_public(of(no[i])));
}

static void lists(void)
{
    struct arena *a = arena_new(4096);
    struct str why = S("");
    const struct address_list *list = address_list_read(a, S("loopback, 10.1.0.0/16,192.168.7.7, fd12::/16"), &why);

    CHECK(list);
    CHECK(address_list_has(list, of("127.0.0.1")) && address_list_has(list, of("::1")));
    CHECK(address_list_has(list, of("10.1.200.3")) && !address_list_has(list, of("10.2.0.1")));
    CHECK(address_list_has(list, of("192.168.7.7")) && !address_list_has(list, of("192.168.7.8")));
    CHECK(address_list_has(list, of("fd12:1::5")) && !address_list_has(list, of("fd13::5")));
    CHECK(address_list_has(list, of("::ffff:10.1.0.1")));
    CHECK(address_list_names(list, S("10.1.9.9")) && address_list_names(list, S("::ffff:10.1.9.9")));
    CHECK(!address_list_names(list, S("10.2.0.1")) && !address_list_names(list, S("10.1.0.0/16")));
    CHECK(!address_list_names(list, S("")) && !address_list_names(list, S("here")) &&
          !address_list_names(NULL, S("::1")));
    CHECK(address_list_read(a, S(""), &why) && !address_list_has(NULL, of("127.0.0.1")));
    CHECK(!address_list_read(a, S("10.0.0.0/33"), &why) && why.n);
    CHECK(!address_list_read(a, S("example.com"), &why) && !address_list_read(a, S("10.0.0.0/x"), &why));
    arena_free(a);
}

int main(void)
{
    public_ones();
    lists();
    return 0;
}
