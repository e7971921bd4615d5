#include "analytics/close.h"

#include "base/log.h"
#include "core/count.h"

/* A day on its way. */
struct closing {
    struct close *k;
    int64_t team, day;
    bool whole;
    uint32_t members_crc, channels_crc;
    struct str totals;
};

/* What a workspace's counting is set to. */
struct count_change {
    int64_t team, day;
};

/* --- on the lane ---------------------------------------------------------------------------------------------- */

static enum err store_count_add(void *job, struct db *db, struct arena *a)
{
    const struct count_change *s = job;
    int64_t changed;

    return sql_team_count_add(db, a, s->team, s->day, &changed);
}

static enum err store_whole(void *job, struct db *db, struct arena *a)
{
    const struct count_change *s = job;
    int64_t changed;

    return sql_team_count_whole(db, a, s->team, s->day, &changed);
}

/* Of two nodes that close the same day one finds it closed; both have made the same files. */
static enum err store_closed(void *job, struct db *db, struct arena *a)
{
    const struct closing *x = job;
    int64_t changed;

    TRY(sql_team_count_close(db, a, x->team, x->day, &changed));
    if (!changed)
        return OK;
    return sql_team_day_add(db, a, x->team, x->day, clock_now_us(), x->whole, x->members_crc, x->channels_crc,
                            x->totals, &changed);
}

/* --- a day ---------------------------------------------------------------------------------------------------- */

static enum err write_files(struct close *k, struct day *d, uint32_t *members_crc, uint32_t *channels_crc)
{
    if (!folder_make(k->folder, d->team.id)) {
        log_error("analytics_file", "step=mkdir folder=%.*s", STR_FMT(k->folder));
        return ERR_SERVICE_UNAVAILABLE;
    }
    TRY(folder_write(k->folder, d, ANALYTICS_MEMBERS, k->throwaway, members_crc));
    return folder_write(k->folder, d, ANALYTICS_CHANNELS, k->throwaway, channels_crc);
}

static enum err read_day(struct closing *x, struct day *d)
{
    struct str totals;

    TRY(write_files(x->k, d, &x->members_crc, &x->channels_crc));
    TRY(day_totals(d, &totals));
    x->totals = arena_dup(x->k->arena, totals);
    return OK;
}

/* All of it is read as of one moment. */
static enum err make(struct closing *x)
{
    struct db *db = x->k->db;
    struct day d;
    bool found;
    enum err e;

    if (db_begin(db) != DB_OK)
        return ERR_SERVICE_UNAVAILABLE;
    e = day_open(&d, db, x->k->settings, x->team, x->day, &found);
    if (e == OK && found)
        e = read_day(x, &d);
    day_close(&d);
    db_rollback(db);
    return e;
}

static enum err close_one(struct close *k, int64_t team, int64_t day, bool whole)
{
    struct closing x = {.k = k, .team = team, .day = day, .whole = whole, .totals = S("{}")};
    int64_t began_us = clock_mono_us();
    char date[DAY_TEXT];

    if (whole)
        TRY(make(&x));
    TRY(k->on_lane(k->ctx, store_closed, &x));
    count_closed(day);
    day_format(day, date);
    /* A server that was off for months, or `taut dev`, closes hundreds at once: the newest is told, the others on
     * request. */
    log_line(clock_now_us() < (day + 2) * DAY_US ? LOG_INFO : LOG_DEBUG, "day_closed", "date=%.*s whole=%d ms=%lld",
             DAY_TEXT, date, whole, (long long)(clock_mono_us() - began_us) / 1000);
    return OK;
}

enum err close_again(struct close *k, struct db *db, int64_t team, int64_t day)
{
    struct team_day_row was;
    uint32_t members_crc = 0, channels_crc = 0;
    struct day d;
    bool found;
    enum err e;

    TRY(sql_team_day_get(db, k->arena, team, day, &was, &found));
    if (!found || !was.whole)
        return ERR_FILE_NOT_FOUND;
    e = day_open(&d, db, k->settings, team, day, &found);
    if (e == OK)
        e = write_files(k, &d, &members_crc, &channels_crc);
    day_close(&d);
    if (e == OK && (members_crc != was.members_crc || channels_crc != was.channels_crc))
        log_warn("day_differs", "day=%lld hint=\"taut analytics verify tells where\"", (long long)day);
    return e;
}

/* --- workspaces ----------------------------------------------------------------------------------------------- */

static bool is_off(const struct close *k)
{
    return str_eq(k->settings->analytics, S("off"));
}

/* Days that counting was off in, or began in, are not whole.  Those before it went off are, and are closed first. */
static enum err set_whole(struct close *k, int64_t team, struct team_count_row *row)
{
    int64_t today = day_of_us(clock_now_us());
    struct count_change s = {team, is_off(k) ? INT64_MAX : today + 1};

    if (is_off(k) == (row->whole_day == INT64_MAX) || (is_off(k) && row->open_day < today))
        return OK;
    TRY(k->on_lane(k->ctx, store_whole, &s));
    row->whole_day = s.day;
    return OK;
}

/* A workspace that is older than its counting is counted from the next day on. */
static enum err read_count(struct close *k, int64_t team, struct team_count_row *row)
{
    struct count_change s = {team, day_of_us(clock_now_us()) + 1};
    bool found;

    TRY(sql_team_count_get(k->db, k->arena, team, row, &found));
    if (found)
        return OK;
    TRY(k->on_lane(k->ctx, store_count_add, &s));
    return sql_team_count_get(k->db, k->arena, team, row, &found);
}

/* The first day that is not over. */
static int64_t day_under_way(const struct close *k, int64_t now_us)
{
    return day_of_us(now_us - k->settings->analytics_delay_ms * 1000);
}

static enum err close_team(struct close *k, int64_t team, int64_t now_us)
{
    struct team_count_row row;

    arena_reset(k->arena);
    if (!k->swept)
        folder_sweep(k->folder, team);
    TRY(read_count(k, team, &row));
    if (row.open_day > row.first_day)
        count_closed(row.open_day - 1);
    for (; row.open_day < day_under_way(k, now_us); row.open_day++) {
        TRY(close_one(k, team, row.open_day, row.open_day >= row.whole_day));
        arena_reset(k->arena);
    }
    return set_whole(k, team, &row);
}

enum err close_days_due(struct close *k, int64_t now_us, int64_t *days)
{
    int64_t open_day;
    bool found;

    arena_reset(k->arena);
    TRY(sql_team_count_newest(k->db, k->arena, &open_day, &found));
    *days = found ? day_under_way(k, now_us) - open_day : 0;
    return OK;
}

enum err close_due(struct close *k, int64_t now_us)
{
    struct arena *teams_arena = arena_new(1 << 12);
    struct team_row *teams;
    int64_t org;
    bool found;
    int n = 0;
    enum err e = sql_org_id(k->db, teams_arena, &org, &found);

    if (e == OK && found)
        e = sql_team_list(k->db, teams_arena, org, &teams, &n);
    for (int i = 0; i < n && e == OK; i++)
        if (!teams[i].deleted)
            e = close_team(k, teams[i].id, now_us);
    k->swept = k->swept || e == OK;
    arena_free(teams_arena);
    return e;
}
