/* Forms and percent escapes. */
#include "check.h"
#include "net/form.h"

static struct arena *a;

/* The fields of text as "name=value|name=value", or "bad". */
static struct str fields_of(struct str text)
{
    struct form_field *fields;
    struct str out = S("");
    int n;

    if (!form_parse(a, text, &fields, &n))
        return S("bad");
    for (int i = 0; i < n; i++)
        out = arena_printf(a, "%.*s%s%.*s=%.*s", STR_FMT(out), i ? "|" : "", STR_FMT(fields[i].name),
                           STR_FMT(fields[i].value));
    return out;
}

static void fields(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"a=1", "a=1"},
        {"a=1&b=2", "a=1|b=2"},
        {"&&a=1&&b=2&", "a=1|b=2"},
        {"a", "a="},
        {"a=", "a="},
        {"=v", "=v"},
        {"=", "="},
        {"a=b=c", "a=b=c"},
        {"a=1&a=2", "a=1|a=2"},
        {"a+b=c+d", "a b=c d"},
        {"a%2Bb=%2b", "a+b=+"},
        {"t=%e4%bd%a0", "t=\xe4\xbd\xa0"},
        {"t=\xe4\xbd\xa0", "t=\xe4\xbd\xa0"},
        {"a%26b=%3D", "a&b=="},
        {"a=1;b=2", "a=1;b=2"},
        {"a=%", "bad"},
        {"a=%4", "bad"},
        {"a=%zz", "bad"},
        {"%g0=1", "bad"},
        {"a=%00", "bad"},
        {"a=%ff", "bad"},
        {"a=%c0%80", "bad"},
        {"a=%ed%a0%80", "bad"},
        {"a=1&b=\xff", "bad"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK(str_eq(fields_of(str_c(rows[i].text)), str_c(rows[i].want)));
    CHECK(str_eq(fields_of(str_of("a=\0", 3)), S("bad")));
}

/* 1,000 fields are taken, one more is not, and nothing is read past the end of what was given. */
static void bounds(void)
{
    char text[4000];
    struct form_field *parsed;
    int n;

    for (size_t i = 0; i < sizeof(text); i += 2)
        memcpy(text + i, "a&", 2);
    CHECK(form_parse(a, str_of(text, 2000), &parsed, &n) && n == 1000);
    CHECK(!form_parse(a, str_of(text, 2002), &parsed, &n));
    CHECK(str_eq(fields_of(str_head(S("a=%41%42"), 5)), S("a=A")));
    CHECK(str_eq(fields_of(str_head(S("a=%41%42"), 4)), S("bad")));
}

static void escapes(void)
{
    struct str every = arena_dup(a, str_of(arena_alloc(a, 256), 256));

    for (int i = 0; i < 256; i++)
        ((char *)(uintptr_t)every.p)[i] = (char)i;
    CHECK(str_eq(percent_decode(a, percent_encode(a, every), true), every));
    CHECK(str_eq(percent_encode(a, S("a b/\xc3\xa4~-_.Z9")), S("a%20b%2F%C3%A4~-_.Z9")));
    CHECK(str_eq(percent_decode(a, S("a+b%20c"), false), S("a+b c")));
    CHECK(str_eq(percent_decode(a, S("a+b%20c"), true), S("a b c")));
    CHECK(percent_decode(a, S(""), true).p != NULL);
    CHECK(percent_decode(a, S("%"), true).p == NULL);
    CHECK(percent_decode(a, S("%0"), true).p == NULL);
    CHECK(percent_decode(a, S("%x0"), true).p == NULL);
}

int main(void)
{
    a = arena_new(4096);
    fields();
    bounds();
    escapes();
    arena_free(a);
    return 0;
}
