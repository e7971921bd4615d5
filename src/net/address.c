#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* A network: the first `bits` of 16 bytes; IPv4 addresses are written as mapped ones (::ffff:a.b.c.d). */
struct network {
    unsigned char bytes[16];
    int bits;
};

struct address_list {
    struct network *networks;
    int n;
};

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static const struct network special[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0}, 104},            /* 0.0.0.0/8 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10}, 104},           /* 10.0.0.0/8 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 100, 64}, 106},      /* 100.64.0.0/10 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127}, 104},          /* 127.0.0.0/8 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 169, 254}, 112},     /* 169.254.0.0/16 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 172, 16}, 108},      /* 172.16.0.0/12 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 0}, 120},    /* 192.0.0.0/24 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2}, 120},    /* 192.0.2.0/24 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 168}, 112},     /* 192.168.0.0/16 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 198, 18}, 111},      /* 198.18.0.0/15 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 198, 51, 100}, 120}, /* 198.51.100.0/24 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 203, 0, 113}, 120},  /* 203.0.113.0/24 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 224}, 99},           /* 224.0.0.0/3: multicast, reserved, broadcast */
    {{0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01}, 48}, /* 64:ff9b:1::/48 NAT64 of a network's own: any IPv4 address */
    {{0}, 95},                                  /* ::/95: unspecified, loopback, IPv4-compatible … */
    {{0x01}, 64},                               /* 100::/64 discard */
    {{0x20, 0x01, 0x00, 0x00}, 23},             /* 2001::/23: Teredo, ORCHID, benchmarking */
    {{0x20, 0x01, 0x0D, 0xB8}, 32},             /* 2001:db8::/32 documentation */
    {{0x3F, 0xFF, 0x00}, 20},                   /* 3fff::/20 documentation */
    {{0x5F, 0x00}, 16},                         /* 5f00::/16 segment routing */
    {{0xFC}, 7},                                /* fc00::/7 unique local */
    {{0xFE, 0x80}, 10},                         /* fe80::/10 link-local */
    {{0xFE, 0xC0}, 10},                         /* fec0::/10 site-local of old */
    {{0xFF}, 8},                                /* ff00::/8 multicast */
};

static bool in_network(const struct network *net, const unsigned char bytes[16])
{
    int whole = net->bits / 8, rest = net->bits % 8;

    if (memcmp(net->bytes, bytes, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((net->bytes[whole] ^ bytes[whole]) & (0xFF00 >> rest) & 0xFF) == 0;
}

static bool to_bytes(const struct sockaddr *to, unsigned char out[16])
{
    if (to->sa_family == AF_INET) {
        memcpy(out, mapped, sizeof(mapped));
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)to)->sin_addr, 4);
        return true;
    }
    if (to->sa_family != AF_INET6)
        return false;
    memcpy(out, &((const struct sockaddr_in6 *)(const void *)to)->sin6_addr, 16);
    return true;
}

/* NAT64 (64:ff9b::/96) and 6to4 (2002::/16) reach the IPv4 address inside. */
static void unwrap(unsigned char bytes[16])
{
    static const unsigned char nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
    unsigned char inner[4];

    if (memcmp(bytes, nat64, sizeof(nat64)) == 0)
        memcpy(inner, bytes + 12, 4);
    else if (bytes[0] == 0x20 && bytes[1] == 0x02)
        memcpy(inner, bytes + 2, 4);
    else
        return;
    memcpy(bytes, mapped, sizeof(mapped));
    memcpy(bytes + 12, inner, 4);
}

bool address_is_public(const struct sockaddr *to)
{
    unsigned char bytes[16];

    if (!to_bytes(to, bytes))
        return false;
    unwrap(bytes);
    for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
        if (in_network(&special[i], bytes))
            return false;
    return true;
}

bool address_list_has(const struct address_list *list, const struct sockaddr *to)
{
    unsigned char bytes[16];

    if (!to_bytes(to, bytes))
        return false;
    for (int i = 0; list && i < list->n; i++)
        if (in_network(&list->networks[i], bytes))
            return true;
    return false;
}

static bool read_network(struct str text, struct network *out)
{
    struct str address;
    char copy[INET6_ADDRSTRLEN];
    int64_t bits;
    bool v4;

    str_cut(&text, '/', &address);
    if (address.n == 0 || address.n >= sizeof(copy))
        return false;
    memcpy(copy, address.p, address.n);
    copy[address.n] = '\0';
    v4 = inet_pton(AF_INET, copy, out->bytes + 12) == 1;
    if (v4)
        memcpy(out->bytes, mapped, sizeof(mapped));
    else if (inet_pton(AF_INET6, copy, out->bytes) != 1)
        return false;
    bits = v4 ? 32 : 128;
    if (text.n && (!str_to_i64(text, &bits) || bits < 0 || bits > (v4 ? 32 : 128)))
        return false;
    out->bits = (int)bits + (v4 ? 96 : 0);
    return true;
}

bool address_list_names(const struct address_list *list, struct str address)
{
    struct network one = {0};

    if (str_chr(address, '/') >= 0 || !read_network(address, &one))
        return false;
    for (int i = 0; list && i < list->n; i++)
        if (in_network(&list->networks[i], one.bytes))
            return true;
    return false;
}

/* The networks a word stands for. */
static int expand(struct str word, const char *const **out)
{
    static const char *const loopback[] = {"127.0.0.0/8", "::1"};
    static const char *const private[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};

    if (str_eq(word, S("loopback"))) {
        *out = loopback;
        return sizeof(loopback) / sizeof(*loopback);
    }
    if (!str_eq(word, S("private")))
        return 0;
    *out = private;
    return sizeof(private) / sizeof(*private);
}

const struct address_list *address_list_read(struct arena *a, struct str text, struct str *why)
{
    struct address_list *list = ARENA_NEW(a, struct address_list);
    struct str rest = text, piece;
    int room = 0;

    while (str_cut(&rest, ',', &piece))
        room += 4;
    list->networks = ARENA_ARRAY(a, struct network, room);
    while (str_cut(&text, ',', &piece)) {
        const char *const *words;
        int n;

        piece = str_trim(piece);
        if (!piece.n)
            continue;
        n = expand(piece, &words);
        for (int i = 0; i < n; i++)
            read_network(str_c(words[i]), &list->networks[list->n++]);
        if (n == 0 && !read_network(piece, &list->networks[list->n++])) {
            *why = arena_printf(a, "'%.*s' is no address or network; write 10.1.2.3, 10.0.0.0/8, loopback or private.",
                                STR_FMT(piece));
            return NULL;
        }
    }
    return list;
}
