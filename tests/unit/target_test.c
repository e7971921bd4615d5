/* Request targets and Host headers. */
#include "check.h"
#include "net/target.h"

static struct arena *a;

/* "path?query@host" of a target, or "bad". */
static struct str split(const char *method, const char *target)
{
    struct http_request req = {.arena = a, .method = str_c(method), .raw_target = str_c(target), .host = S("h")};

    if (!target_split(a, &req))
        return S("bad");
    return arena_printf(a, "%.*s?%.*s@%.*s", STR_FMT(req.path), STR_FMT(req.query), STR_FMT(req.host));
}

static void targets(void)
{
    static const struct {
        const char *target, *want;
    } rows[] = {
        {"/", "/?@h"},
        {"/a/b", "/a/b?@h"},
        {"/a?b=c", "/a?b=c@h"},
        {"/a?b?c", "/a?b?c@h"},
        {"/a?", "/a?@h"},
        {"/a%20b", "/a b?@h"},
        {"/a+b", "/a+b?@h"},
        {"/a%2fb%2Fc", "/a%2fb%2Fc?@h"},
        {"/a%252Fb", "/a%2Fb?@h"},
        {"/%e4%bd%a0", "/\xe4\xbd\xa0?@h"},
        {"/../x", "/../x?@h"},
        {"//x", "//x?@h"},
        {"/x?%00", "/x?%00@h"},
        {"http://other/x", "/x?@other"},
        {"http://other:80", "/?@other:80"},
        {"HTTPS://other?q", "/?q@other"},
        {"http://[::1]:80/x", "/x?@[::1]:80"},
        {"", "bad"},
        {"x", "bad"},
        {"/x#y", "bad"},
        {"/x?y#z", "bad"},
        {"/%", "bad"},
        {"/%4", "bad"},
        {"/%zz", "bad"},
        {"/x%00y", "bad"},
        {"ftp://other/x", "bad"},
        {"http://", "bad"},
        {"http:///x", "bad"},
        {"http://a@b/x", "bad"},
        {"http://a\\b/x", "bad"},
        {"*", "bad"},
        {"h:80", "bad"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK(str_eq(split("GET", rows[i].target), str_c(rows[i].want)));
    CHECK(str_eq(split("OPTIONS", "*"), S("*?@h")));
}

static void hosts(void)
{
    CHECK(host_ok(S("")) && host_ok(S("h")) && host_ok(S("example.org:8065")) && host_ok(S("[2001:db8::1]:80")));
    CHECK(host_ok(S("a_b-c.d")) && host_ok(S("%41")));
    CHECK(!host_ok(S("a b")) && !host_ok(S("a/b")) && !host_ok(S("a@b")) && !host_ok(S("a?b")) && !host_ok(S("a#b")));
    CHECK(!host_ok(S("a\tb")) && !host_ok(S("\xc3\xa4")) && !host_ok(S("<a>")) && !host_ok(S("\"a\"")));
    CHECK(!host_ok(str_of("a\0b", 3)));
}

int main(void)
{
    a = arena_new(4096);
    targets();
    hosts();
    arena_free(a);
    return 0;
}
