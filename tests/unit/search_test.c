/* core/search_words and core/search_query: what is a word, what a query means, what fits it. */
#include "check.h"

#include "base/clock.h"
#include "core/search_query.h"
#include "core/search_stretch.h"

static struct arena *arena;

static bool words(const char *text, const char *wanted)
{
    struct search_word *w;
    int n = search_words(arena, str_c(text), 100, true, &w);
    struct buf b = buf_in(arena, 1000);
    struct str got;

    for (int i = 0; i < n; i++)
        buf_printf(&b, "%s%.*s", i ? " " : "", STR_FMT(w[i].text));
    got = buf_view(&b);
    if (!str_eq(got, str_c(wanted)))
        fprintf(stderr, "%s -> %.*s, not %s\n", text, STR_FMT(got), wanted);
    return str_eq(got, str_c(wanted));
}

static void splitting(void)
{
    CHECK(words("Hello, World! 42", "hello world 42"));
    CHECK(words("naïve CAFÉ Ünïcödé Straße", "naive cafe unicode strasse"));
    CHECK(words("foo_bar-baz foo.bar@example.com", "foo bar baz foo bar example com"));
    CHECK(words("Ελλάδα Привет", "ελλαδα привет"));
    CHECK(words("日本語", "日本 本語 語"));
    CHECK(words("東京Tower 一", "東京 京 tower 一"));
    CHECK(words("ﬁne ①", "fine 1"));
    CHECK(words("🎉 ... --", ""));
    CHECK(words("", ""));
}

static bool fits(const char *query, const char *text)
{
    struct search_query q;
    struct search_word *w;
    int n = search_words(arena, str_c(text), 1000, true, &w);

    CHECK(search_query_read(arena, str_c(query), 0, 0, &q));
    return search_query_fits(&q, w, n);
}

static void fitting(void)
{
    CHECK(fits("hello", "Hello there") && !fits("hello", "help"));
    CHECK(fits("hello there", "there, hello") && !fits("\"hello there\"", "there, hello"));
    CHECK(fits("\"hello there\"", "well HELLO  there!") && fits("hel*", "hello") && !fits("hel", "hello"));
    CHECK(fits("foo-bar", "a foo bar") && !fits("foo-bar", "bar foo"));
    CHECK(fits("hello -there", "hello") && !fits("hello -there", "hello there"));
    CHECK(fits("日本", "これは日本語です") && fits("語", "日本語") && fits("本語", "日本語") &&
          !fits("日語", "日本語"));
    CHECK(fits("cafe", "CAFÉ") && fits("CAFÉ", "cafe"));
    CHECK(fits("unclosed \"quote here", "an unclosed quote here"));
    CHECK(fits("no:such modifier", "no such modifier"));
}

static struct search_query read(const char *query, int64_t now_s, int64_t offset_s)
{
    struct search_query q;

    CHECK(search_query_read(arena, str_c(query), now_s * US_PER_S, offset_s, &q));
    return q;
}

/* 2026-11-26 is a Thursday. */
static void modifiers(void)
{
    const int64_t now = 1795694400, day = 86400;
    struct search_query q =
        read("from:@ann in:#general -in:random -from:bob to:me has:link is:thread -has:pin word", now, 0);

    CHECK(q.from.n == 1 && str_eq(q.from.v[0], S("@ann")) && q.in.n == 1 && q.not_in.n == 1 && q.not_from.n == 1 &&
          q.to.n == 1);
    CHECK(q.has == (SEARCH_HAS_LINK | SEARCH_IS_THREAD) && q.has_not == SEARCH_HAS_PIN && q.n_terms == 1);
    q = read("on:2026-11-24", now, 0);
    CHECK(q.from_us == 1795478400 * (int64_t)US_PER_S && q.to_us == (1795478400 + day) * US_PER_S);
    q = read("on:2026-11-24", now, 3600);
    CHECK(q.from_us == (1795478400 - 3600) * (int64_t)US_PER_S);
    q = read("after:2026-11-24 before:2026-11-26", now, 0);
    CHECK(q.from_us == (1795478400 + day) * US_PER_S && q.to_us == (1795478400 + 2 * day) * US_PER_S);
    q = read("during:november", now, 0);
    CHECK(q.to_us - q.from_us == 30 * day * US_PER_S);
    q = read("during:dec", now, 0);
    CHECK(q.to_us < now * US_PER_S && q.to_us - q.from_us == 31 * day * US_PER_S);
    q = read("on:yesterday", now, 0);
    CHECK(q.to_us == now / day * day * US_PER_S);
    q = read("on:thursday", now, 0);
    CHECK(q.from_us == now / day * day * US_PER_S);
    q = read("on:11/24/2026", now, 0);
    CHECK(q.from_us == 1795478400 * (int64_t)US_PER_S);
    q = read("on:nonsense before:2026-99-99", now, 0);
    CHECK(q.n_terms == 2 && q.to_us == INT64_MAX);
    q = read("from:\"Ann Lee\"", now, 0);
    CHECK(q.from.n == 1 && str_eq(q.from.v[0], S("Ann Lee")));
    CHECK(!search_query_read(arena, S("  \" - * :"), 0, 0, &q) && !search_query_read(arena, S("-only"), 0, 0, &q));
}

static void marking(void)
{
    struct search_query q = read("hello \"big world\" 日本語", 1, 0);

    CHECK(str_eq(search_query_mark(arena, &q, S("Hello, big world and world")),
                 S("\xEE\x80\x80Hello\xEE\x80\x81, \xEE\x80\x80"
                   "big world\xEE\x80\x81 and world")));
    CHECK(str_eq(search_query_mark(arena, &q, S("x日本語y")), S("x\xEE\x80\x80日本語\xEE\x80\x81y")));
    CHECK(str_eq(search_query_mark(arena, &q, S("nothing")), S("nothing")));
}

/* What lies in a span has a tag of its cover, and what lies a stretch before it has none. */
static void stretches(void)
{
    int64_t to = INT64_C(1795747598123456);

    for (int64_t span = 1; span < to; span *= 3) {
        int length = search_stretch_length(span);
        int64_t from = search_stretch_begin(to - span, length);
        struct buf cover = buf_in(arena, 1 << 16);
        int64_t inside[] = {from, to - span, to - span / 2, to};
        CHECK(from <= to - span && from >= to - 2 * span - (INT64_C(1) << 28));
        search_stretch_cover(&cover, length, from, to);
        for (int i = 0; i < 4; i++)
            CHECK(str_find(buf_view(&cover), search_stretch_tag(arena, length, inside[i])) > 0);
        CHECK(str_find(buf_view(&cover), search_stretch_tag(arena, length, from - 1)) < 0);
    }
}

int main(void)
{
    arena = arena_new(1 << 14);
    splitting();
    fitting();
    modifiers();
    marking();
    stretches();
    arena_free(arena);
    return 0;
}
