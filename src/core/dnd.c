#include "core/dnd.h"

#include "base/clock.h"
#include "base/zone.h"
#include "core/job.h"
#include "events.h"
#include "objects.h"

enum { DAY_MIN = 24 * 60, START_MIN = 22 * 60, END_MIN = 8 * 60 };

#define MIN_US (INT64_C(60) * US_PER_S)
#define DAY_US (DAY_MIN * MIN_US)

struct schedule {
    bool enabled;
    int64_t start_min, end_min; /* of the person's day */
};

/* "22:00" or "8:00"; what is no time leaves *min as it was. */
static void read_hour(struct str text, int64_t *min)
{
    struct str hour;
    int64_t h, m;

    if (str_cut(&text, ':', &hour) && str_to_i64(hour, &h) && str_to_i64(text, &m) && h >= 0 && h < 24 && m >= 0 &&
        m < 60)
        *min = h * 60 + m;
}

static enum err read_schedule(struct call *c, const struct user_row *u, struct schedule *s)
{
    struct user_pref_row *prefs;
    int n;

    *s = (struct schedule){.enabled = !u->is_bot, .start_min = START_MIN, .end_min = END_MIN};
    TRY(sql_user_prefs(c->db, c->arena, c->team, u->id, &prefs, &n));
    for (int i = 0; i < n; i++) {
        if (str_eq(prefs[i].name, S("dnd_enabled")))
            s->enabled = s->enabled && (str_eq(prefs[i].value, S("true")) || str_eq(prefs[i].value, S("1")));
        else if (str_eq(prefs[i].name, S("dnd_start_hour")))
            read_hour(prefs[i].value, &s->start_min);
        else if (str_eq(prefs[i].name, S("dnd_end_hour")))
            read_hour(prefs[i].value, &s->end_min);
    }
    s->enabled = s->enabled && s->start_min != s->end_min;
    return OK;
}

/* The first time of the schedule that is not over: yesterday's may reach into today. */
static void find_window(const struct call *c, const struct user_row *u, const struct schedule *s, struct dnd *d)
{
    int64_t offset_us = zone_offset_s(zone_find(u->tz), c->now_us / US_PER_S) * US_PER_S,
            over_us = d->row.ended_us > c->now_us ? d->row.ended_us : c->now_us;
    int64_t day_us = (over_us + offset_us) / DAY_US * DAY_US - offset_us - DAY_US;
    int64_t length_min = (s->end_min - s->start_min + DAY_MIN) % DAY_MIN;

    do {
        d->start_us = day_us + s->start_min * MIN_US;
        d->end_us = d->start_us + length_min * MIN_US;
        day_us += DAY_US;
    } while (d->end_us <= over_us);
}

enum err dnd_open(struct call *c, const struct user_row *u, struct dnd *out)
{
    struct schedule s;
    bool found;

    *out = (struct dnd){.user = u->id, .start_us = US_PER_S, .end_us = US_PER_S};
    TRY(sql_dnd_get(c->db, c->arena, u->id, &out->row, &found));
    out->row.user_id = u->id;
    TRY(read_schedule(c, u, &s));
    out->enabled = s.enabled;
    if (s.enabled)
        find_window(c, u, &s, out);
    return OK;
}

bool dnd_snoozing(const struct call *c, const struct dnd *d)
{
    return d->row.snooze_until_us > c->now_us;
}

bool dnd_now(const struct call *c, const struct dnd *d)
{
    return dnd_snoozing(c, d) || (d->enabled && d->start_us <= c->now_us);
}

struct obj_dnd dnd_object(const struct call *c, const struct dnd *d, bool own)
{
    struct obj_dnd o = {.dnd_enabled = d->enabled,
                        .next_dnd_start_ts = d->start_us / US_PER_S,
                        .next_dnd_end_ts = d->end_us / US_PER_S};
    bool snoozing = dnd_snoozing(c, d);

    if (own) {
        o.snooze_enabled = maybe_of(snoozing);
        o.snooze_endtime = snoozing ? d->row.snooze_until_us / US_PER_S : 0;
        o.snooze_remaining = snoozing ? (d->row.snooze_until_us - c->now_us + US_PER_S - 1) / US_PER_S : 0;
        o.snooze_is_indefinite = snoozing ? MAYBE_NO : MAYBE_UNSET;
    } else if (snoozing) {
        o.dnd_enabled = true;
        o.next_dnd_start_ts = d->row.snooze_from_us / US_PER_S;
        o.next_dnd_end_ts = d->row.snooze_until_us / US_PER_S;
    }
    return o;
}

enum err dnd_tell(struct call *c, const struct user_row *u)
{
    struct obj_dnd own, others;
    struct dnd d;

    if (c->unheard)
        return OK;
    TRY(dnd_open(c, u, &d));
    own = dnd_object(c, &d, true);
    others = dnd_object(c, &d, false);
    emit_dnd_updated(c, &(struct ev_dnd_updated){.to = u->id, .user = u->id, .dnd_status = &own});
    emit_dnd_updated_user(c, &(struct ev_dnd_updated_user){.to = c->team, .user = u->id, .dnd_status = &others});
    return OK;
}

enum err dnd_store(struct call *c, const struct user_row *u, const struct dnd_row *row)
{
    int64_t changed;

    TRY(sql_dnd_set(c->db, c->arena, u->id, row->snooze_from_us, row->snooze_until_us, row->ended_us, &changed));
    if (row->snooze_until_us)
        TRY(job_set(c, JOB_SNOOZE, u->id, row->snooze_until_us));
    else
        TRY(job_drop(c, JOB_SNOOZE, u->id));
    return dnd_tell(c, u);
}

enum err dnd_snooze_over(struct call *c, int64_t user)
{
    struct user_row u;
    struct dnd_row row;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, &u, &found));
    if (found)
        TRY(sql_dnd_get(c->db, c->arena, user, &row, &found));
    if (!found || !row.snooze_until_us || row.snooze_until_us > c->now_us)
        return OK;
    row.snooze_from_us = row.snooze_until_us = 0;
    return dnd_store(c, &u, &row);
}
