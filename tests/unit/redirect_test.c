/* core/redirect: where people may be sent. */
#include "check.h"

#include "core/redirect.h"

static bool covers(const char *registered, const char *uri)
{
    return redirect_covers(str_c(registered), str_c(uri));
}

static void covered(void)
{
    CHECK(covers("https://a.example/cb", "https://a.example/cb"));
    CHECK(covers("https://a.example/cb", "https://a.example/cb/more?x=1"));
    CHECK(covers("https://a.example/cb", "https://a.example/cb?x=../y"));
    CHECK(covers("https://a.example/cb/", "https://a.example/cb"));
    CHECK(covers("https://a.example", "https://a.example/anything"));
    CHECK(covers("HTTPS://A.example/cb", "https://a.EXAMPLE/cb"));
    CHECK(covers("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000/cb"));
}

static void not_covered(void)
{
    static const char *const tricks[] = {
        "https://a.example/cbx",
        "https://a.example.evil/cb",
        "https://a.example@evil.example/cb",
        "https://evil.example/cb",
        "http://a.example/cb",
        "https://a.example:8443/cb",
        "https://a.example/cb/../x",
        "https://a.example/cb/%2e%2E/x",
        "https://a.example/cb/.%2e",
        "https://a.example/cb#frag",
        "https://a.example\\@evil/cb",
        "https://a.example/cb\r\nSet-Cookie: x",
        "javascript://a.example/cb",
        "//a.example/cb",
        "https:///cb",
        "https://a.example/cb/./x",
        "https://a.example",
        "",
    };

    for (size_t i = 0; i < sizeof(tricks) / sizeof(*tricks); i++)
        CHECK(!covers("https://a.example/cb", tricks[i]));
    CHECK(!covers("ftp://a.example/", "ftp://a.example/"));
}

int main(void)
{
    covered();
    not_covered();
    return 0;
}
