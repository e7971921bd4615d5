/* Values with parameters, as in Content-Type and Content-Disposition. */
#include "check.h"
#include "net/param.h"

static struct arena *a;

static bool is(const char *value, const char *name, const char *want)
{
    struct str got = param_get(a, str_c(value), str_c(name));

    return want ? got.p != NULL && str_eq(got, str_c(want)) : got.p == NULL;
}

static void main_value(void)
{
    CHECK(str_eq(param_main(S("text/plain")), S("text/plain")));
    CHECK(str_eq(param_main(S(" text/plain ; charset=utf-8")), S("text/plain")));
    CHECK(str_eq(param_main(S("")), S("")));
    CHECK(str_eq(param_main(S(";a=b")), S("")));
}

static void parameters(void)
{
    CHECK(is("x; a=1; b=2", "a", "1"));
    CHECK(is("x; a=1; b=2", "b", "2"));
    CHECK(is("x;a=1;b=2", "b", "2"));
    CHECK(is("x; A=1", "a", "1"));
    CHECK(is("x; a = 1 ; b=2", "a", "1"));
    CHECK(is("x; a=1; a=2", "a", "1"));
    CHECK(is("x; a=", "a", ""));
    CHECK(is("x; a=\"\"", "a", ""));
    CHECK(is("x; flag; a=1", "a", "1"));
    CHECK(is("x; a=1", "b", NULL));
    CHECK(is("x", "a", NULL));
    CHECK(is("", "a", NULL));
    CHECK(is("a=1", "a", NULL));
}

static void quoted(void)
{
    CHECK(is("x; a=\"1;2\"; b=3", "a", "1;2"));
    CHECK(is("x; a=\"1;2\"; b=3", "b", "3"));
    CHECK(is("x; a=\"say \\\"hi\\\"\"", "a", "say \"hi\""));
    CHECK(is("x; a=\"a\\\\b\"", "a", "a\\b"));
    CHECK(is("x; filename=\"C:\\dir\\a.txt\"", "filename", "C:\\dir\\a.txt"));
    CHECK(is("x; a=\"open", "a", NULL));
    CHECK(is("x; a=\"open\\\"", "a", NULL));
    CHECK(is("x; a=\"b; c=d\"; c=e", "c", "e")); /* what looks like a parameter inside quotes is none */
    CHECK(is("x; a=\"1\" junk; b=2", "b", "2"));
}

int main(void)
{
    a = arena_new(4096);
    main_value();
    parameters();
    quoted();
    arena_free(a);
    return 0;
}
