/* core/said against a naive model: posts, deletions, units that fail, commits that fail, starts, a clock that is set
 * back; whatever happens between a post and its counting, it counts once. */
#include "check.h"

#include <unistd.h>

#include "base/day.h"
#include "core/message_change.h"
#include "core/said.h"
#include "store/migrate.h"

enum {
    TEAM = 1,
    ROBOT = 7,
    PEOPLE = 3,
    PLACES = 2,
    DAYS = 3,
    TRANSACTIONS = 600,
    OPS_MAX = 8,
    KEPT_MAX = 40,
    LIMIT = 5
};

/* What one that loses its transaction goes back to. */
struct state {
    struct channel_row channels[PLACES]; /* a public and a private one: kinds 0 and 1 */
    struct message_row kept[KEPT_MAX];   /* some that may be deleted */
    int n_kept;
    int64_t said[DAYS][PLACES], by_people[DAYS][PLACES];
};

static struct arena *arena;
static struct call c;
static struct state now;
static uint32_t seed = 11;
static int64_t clock_us = 1000 * DAY_US + DAY_US / 2;

static unsigned any(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Mostly it goes on. */
static int64_t time_now(void)
{
    int64_t at = clock_us += 1 + any(2) * (int64_t)any(1000 * 1000 * 300);

    return any(4) ? at : at - any(1000 * 1000 * 600);
}

static bool post(void)
{
    unsigned who = any(PEOPLE + 1), place = any(PLACES);
    struct message_draft d = {.user = ROBOT + who, .bot = who ? 0 : ROBOT, .text = S("hello"), .silent = true};
    struct message_row *m;
    int64_t day;

    c.who = (struct actor){.kind = who ? TOKEN_USER : TOKEN_BOT, .user = d.user, .team = TEAM, .is_bot = !who};
    c.now_us = time_now();
    CHECK(message_post(&c, &now.channels[place], &d, &m) == OK);
    day = day_of_us(m->ts) - 1000;
    CHECK(day >= 0 && day < DAYS);
    now.said[day][place]++;
    now.by_people[day][place] += who > 0;
    if (now.n_kept < KEPT_MAX)
        now.kept[now.n_kept++] = *m;
    return true;
}

/* What is deleted was said all the same. */
static bool take_away(void)
{
    struct message_row m;

    if (!now.n_kept)
        return false;
    m = now.kept[any((unsigned)now.n_kept)];
    for (int i = 0; i < now.n_kept; i++)
        if (now.kept[i].ts == m.ts && now.kept[i].channel_id == m.channel_id)
            now.kept[i] = now.kept[--now.n_kept];
    CHECK(message_remove(&c, &now.channels[m.channel_id - 1], &m) == OK);
    return true;
}

static bool count_some(struct said_batch *b)
{
    *b = (struct said_batch){.marks = c.marks, .limit = LIMIT};
    CHECK(said_count_some(c.db, arena, b) == OK);
    return true;
}

static void unit(struct said_batch *b)
{
    unsigned what = any(8);
    struct state before = now;
    bool keep = any(6) > 0;

    db_unit_begin(c.db);
    keep &= what < 5 ? post() : what < 7 ? take_away() : count_some(b);
    CHECK(db_unit_end(c.db, keep) == DB_OK);
    if (!keep) {
        now = before;
        b->n = 0;
    }
}

/* As the lane does it, and those who wait for it. */
static void transaction(void)
{
    static struct state before;
    struct said_batch b = {0};
    bool kept = any(8) > 0;

    before = now;
    c.after = NULL;
    CHECK(db_begin(c.db) == DB_OK);
    for (unsigned n = any(OPS_MAX); n > 0 && !b.n; n--)
        unit(&b);
    if (kept) {
        CHECK(db_commit(c.db) == DB_OK);
        for (int i = 0; i < b.n; i++)
            marks_learn(c.marks, &b.active[i]);
    } else {
        db_rollback(c.db);
        now = before;
    }
    if (any(20) == 0)
        CHECK(said_open(c.db, arena) == OK); /* another start */
}

static void count_all(void)
{
    struct said_batch b = {.more = true};

    for (int i = 0; i < 4 * LIMIT; i++)
        CHECK(post());
    for (int n = 0; b.more; n++) {
        CHECK(n < TRANSACTIONS * OPS_MAX / LIMIT && db_begin(c.db) == DB_OK);
        count_some(&b);
        CHECK(db_commit(c.db) == DB_OK);
    }
}

static int64_t sum(const int64_t *v)
{
    int64_t n = 0;

    for (int i = 0; i < PLACES; i++)
        n += v[i];
    return n;
}

static void compare(void)
{
    for (int day = 0; day < DAYS; day++) {
        struct kind_total_row *kinds;
        struct counted_row counted;
        bool found;
        int n;

        CHECK(sql_kind_totals(c.db, arena, TEAM, 1000 + day, &kinds, &n) == OK);
        for (int i = 0; i < n; i++)
            CHECK(kinds[i].messages == now.said[day][kinds[i].kind] &&
                  kinds[i].member_messages == now.by_people[day][kinds[i].kind]);
        CHECK(n == PLACES || sum(now.said[day]) == 0);
        CHECK(sql_recount_totals(c.db, arena, TEAM, 1000 + day, &counted, &found) == OK);
        CHECK(counted.messages == sum(now.by_people[day]) && counted.channels_messages == counted.messages);
    }
}

static void fill(void)
{
    int64_t changed;

    for (int i = 0; i < PLACES; i++) {
        now.channels[i] = (struct channel_row){.id = i + 1, .team_id = TEAM, .kind = i};
        CHECK(sql_channel_add(c.db, arena, i + 1, TEAM, i, i ? S("two") : S("one"), S(""), ROBOT, 1, 0, &changed) ==
              OK);
    }
}

static void remove_files(const char *dir)
{
    static const char *const names[] = {"db", "db-wal", "db-shm"};

    for (int i = 0; i < 3; i++)
        unlink(arena_cstr(arena, arena_printf(arena, "%s/%s", dir, names[i])));
    rmdir(dir);
}

int main(void)
{
    char dir[] = "/tmp/taut-said-XXXXXX";
    struct db_options opt = {.role = DB_ROLE_WRITE, .throwaway = true};
    struct str why;

    arena = arena_new(1 << 16);
    CHECK(mkdtemp(dir));
    c = (struct call){.arena = arena, .team = TEAM, .unheard = true, .marks = marks_new()};
    c.db = db_open(arena_printf(arena, "sqlite:%s/db", dir), &opt, arena, &why);
    CHECK(c.db && db_migrate(c.db, arena, &why) && said_open(c.db, arena) == OK);
    fill();
    for (int i = 0; i < TRANSACTIONS; i++)
        transaction();
    count_all();
    compare();
    marks_free(c.marks);
    db_close(c.db);
    remove_files(dir);
    arena_free(arena);
    return 0;
}
