/* core/search_*: words, queries and dates; and what the index finds, against a search that looks at every text. */
#include "check.h"

#include "base/arena.h"
#include "base/clock.h"
#include "core/search_query.h"
#include "core/search_words.h"
#include "sql.h"
#include "store/db.h"
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena *arena;

static bool same(struct str got, const char *want)
{
    if (str_eq(got, str_c(want)))
        return true;
    fprintf(stderr, "got:  %.*s\nwant: %s\n", STR_FMT(got), want);
    return false;
}

/* --- words ---------------------------------------------------------------------------------------------------- */

static struct str words(const char *text)
{
    struct buf b = buf_in(arena, 4096);

    search_words_put(&b, str_c(text));
    return buf_view(&b);
}

static void check_words(void)
{
    CHECK(same(words("Hello, World!"), "hello world "));
    CHECK(same(words("Ünïcode ŁÓDŹ Straße Ærø"), "unicode lodz strasse aero "));
    CHECK(same(words("e\xCC\x81t\xC3\xA9"), "ete "));
    CHECK(same(words("foo_bar(42) :tada: https://a.example/x"), "foo bar 42 tada https a example x "));
    CHECK(same(words("東京都"), "東京 京都 都 "));
    CHECK(same(words("in東x"), "in 東 x "));
    CHECK(same(words("ＡＢＣ１ Ёлка ΆΣ"), "abc1 елка ασ "));
    CHECK(same(words("\xEE\x80\x80\x63x"), "cx ")); /* nobody writes a mark */
    CHECK(same(words(""), ""));
}

/* --- queries -------------------------------------------------------------------------------------------------- */

static struct str match(const char *text, enum db_engine engine)
{
    struct search_query q;
    struct str mark = S("M");
    struct search_marks group = {.v = &mark, .n = 1};

    search_query_read(arena, str_c(text), &q);
    return search_match(arena, engine, &q, &group, 1);
}

static void check_match(void)
{
    CHECK(same(match("a b", DB_SQLITE), "((\"a\") AND (\"b\") AND (\"M\"))"));
    CHECK(
        same(match("a \"b c\" wor* -d", DB_SQLITE), "((\"a\") AND (\"b c\") AND (\"wor\"*) AND (\"M\")) NOT (\"d\")"));
    CHECK(same(match("a \"b c\" wor* -d", DB_POSTGRES), "(('a')&('b'<->'c')&('wor':*)&('M'))&!('d')"));
    CHECK(same(match("東京都 都", DB_SQLITE), "((\"東京 京都\") AND (\"都\"*) AND (\"M\"))"));
    CHECK(same(match("\"unbalanced a", DB_SQLITE), "((\"unbalanced a\") AND (\"M\"))"));
    CHECK(same(match("* \"\" - -- !", DB_SQLITE), "((\"M\"))"));
    CHECK(same(match("odd:thing", DB_SQLITE), "((\"odd thing\") AND (\"M\"))"));
}

static void check_modifiers(void)
{
    struct search_query q;

    search_query_read(arena, S("From:@bob -in:\"a channel\" has::eyes: before:2024-01-01 from: word"), &q);
    CHECK(q.n_modifiers == 4 && q.n_terms == 2);
    CHECK(q.modifiers[0].key == SEARCH_FROM && same(q.modifiers[0].value, "@bob") && !q.modifiers[0].without);
    CHECK(q.modifiers[1].key == SEARCH_IN && same(q.modifiers[1].value, "a channel") && q.modifiers[1].without);
    CHECK(q.modifiers[2].key == SEARCH_HAS && same(q.modifiers[2].value, ":eyes:"));
    CHECK(q.modifiers[3].key == SEARCH_BEFORE);
}

/* A megabyte of query is read, and cut to the limits. */
static void check_long(void)
{
    struct buf b = buf_in(arena, 2 << 20);
    struct search_query q;

    while (b.n < 1 << 20)
        buf_str(&b, S("word from:x \"a b c\" -"));
    search_query_read(arena, buf_view(&b), &q);
    CHECK(q.n_terms == SEARCH_TERMS && q.n_modifiers == SEARCH_MODIFIERS);
}

static struct str lit(const char *query, const char *text)
{
    struct search_query q;

    search_query_read(arena, str_c(query), &q);
    return search_highlight(arena, &q, str_c(text));
}

static void check_highlight(void)
{
    CHECK(same(lit("bee", "A Bee, bees"), "A \xEE\x80\x80"
                                          "Bee\xEE\x80\x81, bees"));
    CHECK(same(lit("amp foo", "a &amp; <https://foo|foo>"), "a &amp; <https://foo|foo>"));
    CHECK(same(lit("東京都", "行東京都"), "行\xEE\x80\x80東京都\xEE\x80\x81"));
}

/* --- dates ---------------------------------------------------------------------------------------------------- */

#define NOW (INT64_C(1709210096) * US_PER_S) /* Thursday, 2024-02-29 12:34:56 */
#define DAY (INT64_C(86400) * US_PER_S)

static bool span(const char *text, int64_t tz_s, int64_t from_day, int64_t days)
{
    int64_t from, to;

    return search_span(str_c(text), NOW, tz_s, &from, &to) && from == from_day * DAY - tz_s * US_PER_S &&
           to - from == days * DAY;
}

static void check_dates(void)
{
    int64_t from, to;

    CHECK(span("2024-02-29", 0, 19782, 1));
    CHECK(span("2/29/2024", 3600, 19782, 1));
    CHECK(span("today", 0, 19782, 1));
    CHECK(span("today", 12 * 3600, 19783, 1));
    CHECK(span("Yesterday", 0, 19781, 1));
    CHECK(span("week", 0, 19779, 7));
    CHECK(span("month", 0, 19754, 29));
    CHECK(span("2024", 0, 19723, 366));
    CHECK(span("2023-12", 0, 19692, 31));
    CHECK(span("january", 0, 19723, 31));
    CHECK(span("Dec", 0, 19692, 31));
    CHECK(!search_span(S("2023-02-29"), NOW, 0, &from, &to));
    CHECK(!search_span(S("soon"), NOW, 0, &from, &to));
    CHECK(!search_span(S("99999999999999999999999999"), NOW, 0, &from, &to));
}

/* --- the index against a search that looks everywhere ---------------------------------------------------------- */

enum { TEXTS = 300, QUERIES = 2000, WORDS_MAX = 8 };

static const char *const vocabulary[] = {"ant", "ape", "bat", "bee", "boar", "cat", "cow", "crow"};

struct sample {
    const char *v[WORDS_MAX];
    int n;
};

static uint32_t seed = 7;

static unsigned any(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static struct str sample_text(struct sample *s)
{
    struct buf b = buf_in(arena, 256);

    s->n = 1 + (int)any(WORDS_MAX);
    for (int i = 0; i < s->n; i++) {
        s->v[i] = vocabulary[any(8)];
        buf_printf(&b, "%s%s ", s->v[i], any(4) ? "" : ",");
    }
    return buf_view(&b);
}

struct wish {
    const char *v[2];
    int n;
    size_t prefix; /* of the last word; 0: all of it */
    bool without;
};

static bool stands_at(const struct sample *s, int at, const struct wish *w)
{
    for (int i = 0; i < w->n; i++) {
        bool cut = w->prefix && i == w->n - 1;

        if (at + i >= s->n || (cut ? strncmp(s->v[at + i], w->v[i], w->prefix) : strcmp(s->v[at + i], w->v[i])) != 0)
            return false;
    }
    return true;
}

static bool naive(const struct sample *s, const struct wish *wishes, int n)
{
    for (int k = 0; k < n; k++) {
        bool found = false;

        for (int at = 0; at < s->n; at++)
            found = found || stands_at(s, at, &wishes[k]);
        if (found == wishes[k].without)
            return false;
    }
    return true;
}

static struct str make_query(struct wish *wishes, int *n)
{
    struct buf b = buf_in(arena, 256);

    *n = 1 + (int)any(3);
    for (int i = 0; i < *n; i++) {
        struct wish *w = &wishes[i];

        *w = (struct wish){{vocabulary[any(8)], vocabulary[any(8)]}, 1 + (any(3) == 0), 0, any(4) == 0};
        if (w->n == 1 && any(3) == 0)
            w->prefix = 2;
        buf_printf(&b, "%s", w->without ? "-" : "");
        if (w->n == 2)
            buf_printf(&b, "\"%s %s\" ", w->v[0], w->v[1]);
        else
            buf_printf(&b, "%.*s%s ", w->prefix ? (int)w->prefix : 9, w->v[0], w->prefix ? "*" : "");
    }
    return buf_view(&b);
}

static void check_index(struct db *db)
{
    static struct sample samples[TEXTS];
    struct str mark = S("\xEE\x80\x80p1");
    struct search_marks group = {.v = &mark, .n = 1};
    int64_t changed;

    for (int i = 0; i < TEXTS; i++) {
        struct buf b = buf_in(arena, 512);
        search_words_put(&b, sample_text(&samples[i]));
        buf_str(&b, mark);
        CHECK(sql_search_doc_add(db, arena, i + 1, 9, i + 1, &changed) == OK && changed == 1);
        CHECK(sql_search_words_add(db, arena, i + 1, buf_view(&b), &changed) == OK);
    }
    for (int k = 0; k < QUERIES; k++) {
        struct search_query *q = ARENA_NEW(arena, struct search_query);
        struct search_hit *hits;
        struct wish wishes[3];
        int n, n_wishes, at = 0;

        search_query_read(arena, make_query(wishes, &n_wishes), q);
        CHECK(sql_search_newest(db, arena, search_match(arena, db_engine(db), q, &group, 1), 0, TEXTS, TEXTS, 0, &hits,
                                &n) == OK);
        for (int i = TEXTS - 1; i >= 0; i--)
            if (naive(&samples[i], wishes, n_wishes))
                CHECK(at < n && hits[at++].ts == i + 1);
        CHECK(at == n);
    }
}

int main(void)
{
    char dir[] = "/tmp/taut-search-XXXXXX";
    struct str why;
    struct db *db;

    arena = arena_new(1 << 16);
    check_words();
    check_match();
    check_modifiers();
    check_long();
    check_highlight();
    check_dates();
    CHECK(mkdtemp(dir));
    db = db_open(arena_printf(arena, "sqlite:%s/db", dir), &(struct db_options){DB_ROLE_WRITE, true}, arena, &why);
    CHECK(db && db_migrate(db, arena, &why));
    check_index(db);
    db_close(db);
    unlink(arena_cstr(arena, arena_printf(arena, "%s/db", dir)));
    unlink(arena_cstr(arena, arena_printf(arena, "%s/db-wal", dir)));
    unlink(arena_cstr(arena, arena_printf(arena, "%s/db-shm", dir)));
    rmdir(dir);
    arena_free(arena);
    return 0;
}
