/* Whose line it is, among nodes that share a database: a row with a time on it.  A node that ends gives its lines back;
 * of one that dies they are free when the time is over. */
#include "base/clock.h"
#include "live/line.h"
#include "sql.h"

enum { ARENA_BYTES = 1 << 12 };

#define LEASE_US (INT64_C(15) * US_PER_S)

static enum err claim(struct line *line, struct db *db, int64_t node, bool *mine)
{
    struct arena *a = arena_new(ARENA_BYTES); /* the line's own may be with who sends */
    int64_t now_us = clock_now_us(), changed = 0;
    enum err e = sql_line_claim(db, a, line->app, node, now_us, now_us + LEASE_US, &changed);

    arena_free(a);
    *mine = e == OK && changed == 1;
    line->owned_until_us = *mine ? now_us + LEASE_US : 0;
    return e;
}

static bool is_fresh(const struct line *line)
{
    return line->owned_until_us - clock_now_us() > LEASE_US / 2;
}

enum err line_own(struct line *line, struct db *db, int64_t node, bool *mine)
{
    bool was_mine = line->owned_until_us > clock_now_us();

    line->served_us = clock_mono_us();
    *mine = true;
    if (is_fresh(line))
        return OK;
    TRY(claim(line, db, node, mine));
    return *mine && !was_mine ? line_load(line, db) : OK;
}

void line_keep(struct line *line, struct db *db, int64_t node)
{
    bool mine;

    if (line->owned_until_us && !is_fresh(line))
        claim(line, db, node, &mine);
}

void line_release(struct line *line, struct db *db, int64_t node)
{
    struct arena *a;
    int64_t changed;

    if (!line->owned_until_us)
        return;
    a = arena_new(ARENA_BYTES);
    sql_line_release(db, a, line->app, node, &changed);
    arena_free(a);
    line->owned_until_us = 0;
}
