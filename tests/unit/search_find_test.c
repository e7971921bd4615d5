/* core/search_find against a search that looks at every text: half of the messages indexed, the others waiting; then
 * some that changed, went or came late, before the index knows of it and after. */
#include "check.h"

#include <unistd.h>

#include "base/clock.h"
#include "core/channel.h"
#include "core/message_change.h"
#include "core/search_fill.h"
#include "core/search_find.h"
#include "core/search_index.h"
#include "store/migrate.h"

enum {
    TEXTS = 300,
    CHANGES = 60,
    LATE = 40,
    QUERIES = 300,
    WORDS_MAX = 8,
    PAGE = 400,
    TEAM = 1,
    ME = 5,
    OPEN = 10,
    MINE = 11,
    OTHERS = 12
};

/* The last two: a script that came late to Unicode, and an accent that is taken off. */
static const char *const vocabulary[] = {"ant", "antler", "bat", "battery", "cat", "crow", "\U0001E922\U0001E923",
                                         "été"};
enum { WORDS = sizeof(vocabulary) / sizeof(*vocabulary) };

static struct arena *arena;

struct sample {
    const char *v[WORDS_MAX];
    int n;
    int64_t channel;
    bool gone;
};

struct wish {
    const char *v[2];
    int n;
    size_t prefix; /* bytes of the last word that are enough; 0: all of it */
    bool without;
};

static uint32_t seed = 7;

static unsigned any(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static struct str sample_text(struct sample *s)
{
    struct buf b = buf_in(arena, 512);

    s->n = 1 + (int)any(WORDS_MAX);
    for (int i = 0; i < s->n; i++) {
        s->v[i] = vocabulary[any(WORDS)];
        buf_printf(&b, "%s%s", s->v[i], any(4) ? " " : ", ");
    }
    return buf_view(&b);
}

static bool stands_at(const struct sample *s, int at, const struct wish *w)
{
    for (int i = 0; i < w->n; i++) {
        bool cut = w->prefix && i == w->n - 1;

        if (at + i >= s->n || (cut ? strncmp(s->v[at + i], w->v[i], w->prefix) : strcmp(s->v[at + i], w->v[i])) != 0)
            return false;
    }
    return true;
}

static bool naive(const struct sample *s, const struct wish *wishes, int n, int64_t in)
{
    if (s->channel == OTHERS || s->gone || (in && s->channel != in))
        return false;
    for (int k = 0; k < n; k++) {
        bool found = false;

        for (int at = 0; at < s->n; at++)
            found = found || stands_at(s, at, &wishes[k]);
        if (found == wishes[k].without)
            return false;
    }
    return true;
}

/* Exclusions alone look for nothing; the first wish is none.  *in: one conversation, or 0. */
static struct str make_query(struct wish *wishes, int *n, int64_t *in)
{
    struct buf b = buf_in(arena, 512);

    *n = 1 + (int)any(3);
    for (int i = 0; i < *n; i++) {
        struct wish *w = &wishes[i];
        struct str last;

        *w =
            (struct wish){{vocabulary[any(WORDS)], vocabulary[any(WORDS)]}, 1 + (any(3) == 0), 0, i > 0 && any(4) == 0};
        last = str_c(w->v[0]);
        if (w->n == 1 && any(3) == 0 && last.p[0] > 0) /* whole letters */
            last.n = w->prefix = 3;
        buf_str(&b, w->without ? S("-") : S(""));
        if (w->n == 2)
            buf_printf(&b, "\"%s %s\" ", w->v[0], w->v[1]);
        else
            buf_printf(&b, "%.*s%s ", STR_FMT(last), w->prefix ? "*" : "");
    }
    *in = any(3) ? 0 : OPEN + any(2);
    if (*in)
        buf_printf(&b, "in:c%d", (int)*in);
    return buf_view(&b);
}

static struct message_row sample_message(struct sample *samples, int i)
{
    return (struct message_row){
        .channel_id = samples[i].channel, .ts = 100 + i, .user_id = ME, .text = sample_text(&samples[i])};
}

static struct message_row stored_message(struct db *db, const struct sample *samples, int i)
{
    struct message_row m;
    bool found;

    CHECK(sql_message_get(db, arena, samples[i].channel, 100 + i, &m, &found) == OK && found);
    return m;
}

static void add(struct call *c, struct sample *samples, int i)
{
    struct message_row m;
    int64_t changed;

    samples[i].channel = OPEN + any(3);
    m = sample_message(samples, i);
    CHECK(sql_message_add(c->db, arena, m.channel_id, m.ts, ME, 0, 0, S(""), m.text, 0, 0, S(""), S(""), S(""), S(""),
                          S(""), &changed) == OK);
    CHECK(search_index_add(c, TEAM, m.channel_id == OPEN, &m, &(struct said){0}) == OK);
}

struct files {
    struct db *writer, *reader, *index;
};

/* As the indexer does it. */
static void fill(struct files *d, int limit)
{
    struct search_fill f;
    struct search_batch b;

    CHECK(db_begin(d->index) == DB_OK && search_fill_open(d->reader, d->index, arena, &f) == OK);
    CHECK(db_begin(d->reader) == DB_OK && search_fill_read(d->reader, arena, &f, limit, &b) == OK);
    db_rollback(d->reader);
    CHECK(search_fill_write(d->index, arena, &b) == OK && db_commit(d->index) == DB_OK);
}

/* The first LATE are left for later. */
static void store(struct call *c, struct files *d, struct sample *samples)
{
    int64_t changed;

    for (int64_t ch = OPEN; ch <= OTHERS; ch++)
        CHECK(sql_channel_add(c->db, arena, ch, TEAM, ch == OPEN ? 0 : 1, arena_printf(arena, "c%d", (int)ch), S(""),
                              ME, 1, 0, &changed) == OK);
    CHECK(sql_member_add(c->db, arena, MINE, ME, 1, 0, 1, &changed) == OK);
    for (int i = 0; i < LATE; i++)
        samples[i].gone = true;
    for (int i = LATE; i < TEXTS; i++)
        add(c, samples, i);
    fill(d, TEXTS / 2);
}

/* Says something else, or nothing any more. */
static void change(struct call *c, struct sample *samples, int i)
{
    struct message_row before, after;
    bool is_public = samples[i].channel == OPEN;
    int64_t changed;

    if (samples[i].gone)
        return;
    before = stored_message(c->db, samples, i);
    if (any(3) == 0) {
        CHECK(search_index_remove(c, TEAM, is_public, &before) == OK);
        CHECK(sql_message_delete(c->db, arena, before.channel_id, before.ts, &changed) == OK);
        samples[i].gone = true;
        return;
    }
    after = sample_message(samples, i);
    CHECK(sql_message_edit(c->db, arena, after.channel_id, after.ts, after.text, S(""), S(""), S(""), ME, 1,
                           &changed) == OK);
    CHECK(search_index_change(c, TEAM, is_public, &before, &after) == OK);
}

/* Some change twice, and so do some of those that came late. */
static void change_some(struct call *c, struct sample *samples, int late_from)
{
    for (int i = late_from; i < late_from + LATE / 2; i++) {
        samples[i].gone = false;
        add(c, samples, i);
    }
    for (int k = 0; k < CHANGES; k++)
        change(c, samples, (int)any(TEXTS));
}

/* A page that begins with the skip-th match, and the count of all. */
static void compare_page(struct call *c, struct str query, bool oldest_first, const int *want, int n, int skip,
                         int count)
{
    struct search_found *found = ARENA_NEW(arena, struct search_found);
    int on_page = n - skip < count ? n - skip : count;
    bool is_count;

    CHECK(search_find(c, query, oldest_first ? SEARCH_OLDEST : SEARCH_NEWEST, skip, count, found) == OK);
    is_count = found->total == n || (found->more && found->total < n); /* counting ends with its time */
    if (found->n != on_page || !is_count)
        fprintf(stderr, "%.*s from %d: %d of %lld, %d of %d there are\n", STR_FMT(query), skip, found->n,
                (long long)found->total, on_page, n);
    CHECK(found->n == on_page && is_count);
    for (int i = 0; i < found->n; i++) {
        if (found->hits[i].m.ts != 100 + want[skip + i])
            fprintf(stderr, "%.*s from %d: message %lld in place of %d\n", STR_FMT(query), skip + i,
                    (long long)found->hits[i].m.ts - 100, want[skip + i]);
        CHECK(found->hits[i].m.ts == 100 + want[skip + i]);
    }
}

static void compare(struct call *c, const struct sample *samples, bool oldest_first)
{
    struct wish wishes[3];
    int n, want[TEXTS], n_want = 0;
    int64_t in;
    struct str query = make_query(wishes, &n, &in);

    for (int k = 0; k < TEXTS; k++) {
        int i = oldest_first ? k : TEXTS - 1 - k;

        if (naive(&samples[i], wishes, n, in))
            want[n_want++] = i;
    }
    compare_page(c, query, oldest_first, want, n_want, 0, PAGE);
    compare_page(c, query, oldest_first, want, n_want, n_want / 3, 5);
}

static void compare_all(struct call *c, struct db *reader, const struct sample *samples)
{
    struct call search = *c;

    search.db = reader;
    for (int k = 0; k < QUERIES; k++) {
        CHECK(db_begin(reader) == DB_OK);
        compare(&search, samples, k % 2);
        db_rollback(reader);
    }
}

/* A file of words that belongs to another copy of the database tells nothing of this one. */
static void put_back_older(struct call *c, struct files *d, struct sample *samples)
{
    int64_t changed;

    CHECK(sql_search_changes_prune(c->db, arena, INT64_MAX, &changed) == OK);
    for (int i = TEXTS - 20; i < TEXTS; i++) {
        if (samples[i].gone)
            continue;
        CHECK(sql_message_delete(c->db, arena, samples[i].channel, 100 + i, &changed) == OK);
        CHECK(sql_search_doc_remove(c->db, arena, 100 + i, &changed) == OK);
        samples[i].gone = true;
    }
    fill(d, TEXTS);
    compare_all(c, d->reader, samples);
}

static void pin(struct call *c, int i, bool pinned)
{
    const struct channel_row open = {.id = OPEN, .team_id = TEAM, .kind = CHANNEL_PUBLIC};
    struct message_row m;
    bool found;

    CHECK(sql_message_get(c->db, arena, OPEN, 100 + i, &m, &found) == OK && found);
    CHECK(message_pin(c, &open, &m, pinned) == OK);
}

static int64_t count_pinned(struct files *d)
{
    int64_t n;
    bool found;

    CHECK(sql_search_count(d->reader, arena, S("tags : \"vhpin\""), 0, SEARCH_PARTS * (SEARCH_ID_MAX + 1), TEXTS, S(""),
                           &n, &found) == OK);
    return n;
}

/* The index itself tells what is pinned, so that it is found among however many messages. */
static void find_pinned(struct call *c, struct files *d, const struct sample *samples)
{
    int at[2], n = 0;

    for (int i = 0; i < TEXTS && n < 2; i++)
        if (samples[i].channel == OPEN && !samples[i].gone)
            at[n++] = i;
    pin(c, at[0], true);
    pin(c, at[1], true);
    fill(d, TEXTS);
    CHECK(count_pinned(d) == 2);
    pin(c, at[1], false);
    fill(d, TEXTS);
    CHECK(count_pinned(d) == 1);
    pin(c, at[0], false);
    fill(d, TEXTS);
    CHECK(count_pinned(d) == 0);
}

enum { CROWD = 6000 };

static void set_docs(struct files *d, int64_t docs)
{
    struct search_mark_row mark;
    int64_t changed;
    bool found;

    CHECK(sql_search_mark_get(d->index, arena, &mark, &found) == OK && found);
    CHECK(sql_search_mark_set(d->index, arena, mark.upto, mark.seen, docs, mark.tidied, &changed) == OK);
}

/* Prefixes that very many others match as well, which are newer and not seen: collected while documents are said to be
 * that many that looking at them would take longer, and left to the texts while they are few. */
static void find_in_crowd(struct call *c, struct files *d, const struct sample *samples)
{
    int64_t changed, pages;
    struct str word;
    bool found;

    CHECK(db_begin(d->index) == DB_OK);
    for (int64_t i = 0; i < CROWD; i++)
        CHECK(sql_search_words_add(d->index, arena, 1000 * 1000 + i, S("antelope bats cattle crowd"), S("vx"),
                                   &changed) == OK);
    CHECK(db_commit(d->index) == DB_OK);
    CHECK(sql_search_word_from(d->reader, arena, S("antl"), &word, &found) == OK && str_eq(word, S("antler")));
    CHECK(sql_search_pages(d->reader, arena, S("antelope"), S("ant"), &pages, &found) == OK && pages > 1);
    set_docs(d, INT64_C(1) << 50);
    compare_all(c, d->reader, samples);
    set_docs(d, TEXTS);
    compare_all(c, d->reader, samples);
}

enum { MANY = 40000, KINDS = 50 };

/* Long lists of places that lie far apart: read backwards and forwards, in each part and in all. */
static void read_long_lists(struct files *d)
{
    int64_t changed, n, first = 1000;
    struct search_row *rows;
    bool found;
    int n_rows;

    CHECK(db_begin(d->index) == DB_OK);
    for (int64_t part = 0, k = 0; part < SEARCH_PARTS; part++)
        for (int64_t i = 0; i < MANY / SEARCH_PARTS; i++, k++)
            CHECK(sql_search_words_add(d->index, arena,
                                       part * (SEARCH_ID_MAX + 1) + first + (part * MANY + i) * 1000000,
                                       arena_printf(arena, "many kind%d", (int)(k % KINDS)), S("vx"), &changed) == OK);
    CHECK(db_commit(d->index) == DB_OK);
    for (int64_t part = 0; part < SEARCH_PARTS; part++) {
        int64_t from = part * (SEARCH_ID_MAX + 1), to = from + SEARCH_ID_MAX;
        struct str match = S("words : \"kind7\" AND words : \"many\" AND tags : \"vx\"");

        CHECK(sql_search_newest(d->reader, arena, match, from, to, MANY, S(""), &rows, &n_rows) == OK);
        CHECK(n_rows == MANY / SEARCH_PARTS / KINDS && rows[0].place > rows[1].place);
        CHECK(sql_search_count(d->reader, arena, match, from, to, MANY, S(""), &n, &found) == OK && n == n_rows);
        CHECK(sql_search_gather_newest(d->reader, arena, match, 0, SEARCH_ID_MAX, MANY, &rows, &n_rows) == OK);
        CHECK(n_rows == MANY / KINDS && rows[0].id >= rows[1].id);
    }
}

static struct db *open_as(struct str url, enum db_role role)
{
    struct str why;
    struct db *db = db_open(url, &(struct db_options){.role = role, .throwaway = true}, arena, &why);

    CHECK(db != NULL);
    return db;
}

static void remove_files(const char *dir)
{
    static const char *const names[] = {"", "-wal", "-shm", "-search", "-search-wal", "-search-shm"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(arena_cstr(arena, arena_printf(arena, "%s/db%s", dir, names[i])));
    rmdir(dir);
}

int main(void)
{
    static struct sample samples[TEXTS];
    char dir[] = "/tmp/taut-search-XXXXXX";
    struct call c = {.team = TEAM, .now_us = 1000, .who = {.kind = TOKEN_USER, .user = ME, .team = TEAM, .home = TEAM}};
    struct files d;
    struct str url, why;

    c.arena = arena = arena_new(1 << 16);
    CHECK(mkdtemp(dir));
    url = arena_printf(arena, "sqlite:%s/db", dir);
    c.db = d.writer = open_as(url, DB_ROLE_WRITE);
    CHECK(db_migrate(c.db, arena, &why));
    d.index = open_as(url, DB_ROLE_INDEX);
    d.reader = open_as(url, DB_ROLE_READ);
    store(&c, &d, samples);
    compare_all(&c, d.reader, samples);
    for (int round = 0; round < 2; round++) {
        change_some(&c, samples, round * LATE / 2);
        compare_all(&c, d.reader, samples);
        fill(&d, round ? TEXTS : TEXTS / 4);
        compare_all(&c, d.reader, samples);
    }
    put_back_older(&c, &d, samples);
    find_pinned(&c, &d, samples);
    find_in_crowd(&c, &d, samples);
    read_long_lists(&d);
    db_close(d.reader);
    db_close(d.index);
    db_close(d.writer);
    remove_files(dir);
    arena_free(arena);
    return 0;
}
