/* core/search_find against a search that looks at every text: half of the messages indexed, the others waiting. */
#include "check.h"

#include <unistd.h>

#include "base/clock.h"
#include "core/search_find.h"
#include "core/search_index.h"
#include "store/migrate.h"

enum { TEXTS = 300, QUERIES = 600, WORDS_MAX = 8, PAGE = 400, TEAM = 1, ME = 5, OPEN = 10, MINE = 11, OTHERS = 12 };

/* The last two: a script that came late to Unicode, and an accent that is taken off. */
static const char *const vocabulary[] = {"ant", "antler", "bat", "battery", "cat", "crow", "\U0001E922\U0001E923",
                                         "été"};
enum { WORDS = sizeof(vocabulary) / sizeof(*vocabulary) };

static struct arena *arena;

struct sample {
    const char *v[WORDS_MAX];
    int n;
    int64_t channel;
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
    s->channel = OPEN + any(3);
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

static bool naive(const struct sample *s, const struct wish *wishes, int n)
{
    if (s->channel == OTHERS)
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

/* Exclusions alone look for nothing; the first wish is none. */
static struct str make_query(struct wish *wishes, int *n)
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
    return buf_view(&b);
}

static void store(struct call *c, struct sample *samples)
{
    int64_t changed;
    int n;

    for (int64_t ch = OPEN; ch <= OTHERS; ch++)
        CHECK(sql_channel_add(c->db, arena, ch, TEAM, ch == OPEN ? 0 : 1, arena_printf(arena, "c%d", (int)ch), S(""),
                              ME, 1, 0, &changed) == OK);
    CHECK(sql_member_add(c->db, arena, MINE, ME, 1, 0, 1, &changed) == OK);
    for (int i = 0; i < TEXTS; i++) {
        struct message_row m = {.ts = 100 + i, .user_id = ME, .text = sample_text(&samples[i])};

        m.channel_id = samples[i].channel;
        CHECK(sql_message_add(c->db, arena, m.channel_id, m.ts, ME, 0, 0, S(""), m.text, 0, 0, S(""), S(""), S(""),
                              S(""), S(""), &changed) == OK);
        CHECK(search_index_add(c, TEAM, m.channel_id == OPEN, &m) == OK);
    }
    CHECK(search_index_some(c->db, arena, TEXTS / 2, &n) == OK && n == TEXTS / 2);
}

static void compare(struct call *c, const struct sample *samples, bool oldest_first)
{
    struct search_found *found = ARENA_NEW(arena, struct search_found);
    struct wish wishes[3];
    int n, at = 0;
    struct str query = make_query(wishes, &n);

    CHECK(search_find(c, query, oldest_first ? SEARCH_OLDEST : SEARCH_NEWEST, 0, PAGE, found) == OK);
    for (int k = 0; k < TEXTS; k++) {
        int i = oldest_first ? k : TEXTS - 1 - k;

        if (!naive(&samples[i], wishes, n))
            continue;
        if (at >= found->n || found->hits[at].m.ts != 100 + i)
            fprintf(stderr, "%.*s: message %d is not at its place\n", STR_FMT(query), i);
        CHECK(at < found->n && found->hits[at++].m.ts == 100 + i);
    }
    CHECK(at == found->n && found->total == at);
}

int main(void)
{
    static struct sample samples[TEXTS];
    char dir[] = "/tmp/taut-search-XXXXXX";
    struct call c = {.team = TEAM, .now_us = 1000, .who = {.kind = TOKEN_USER, .user = ME, .team = TEAM, .home = TEAM}};
    struct str why;

    c.arena = arena = arena_new(1 << 16);
    CHECK(mkdtemp(dir));
    c.db = db_open(arena_printf(arena, "sqlite:%s/db", dir), &(struct db_options){DB_ROLE_WRITE, true}, arena, &why);
    CHECK(c.db && db_migrate(c.db, arena, &why) && search_index_open(c.db, arena) == OK);
    store(&c, samples);
    for (int k = 0; k < QUERIES; k++)
        compare(&c, samples, k % 2);
    db_close(c.db);
    unlink(arena_cstr(arena, arena_printf(arena, "%s/db", dir)));
    unlink(arena_cstr(arena, arena_printf(arena, "%s/db-wal", dir)));
    unlink(arena_cstr(arena, arena_printf(arena, "%s/db-shm", dir)));
    rmdir(dir);
    arena_free(arena);
    return 0;
}
