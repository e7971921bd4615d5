/* dnd.*: do not disturb. */
#include "args_dnd.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/dnd.h"
#include "core/team.h"
#include "core/user_put.h"
#include "objects.h"

enum { SNOOZE_MAX_MIN = 365 * 24 * 60 };

static enum err open_own(struct call *c, struct user_row **u, struct dnd *d)
{
    TRY(user_open(c, S(""), u));
    return dnd_open(c, *u, d);
}

static void put_schedule(struct json_out *o, const struct obj_dnd *v)
{
    json_bool(o, S("dnd_enabled"), v->dnd_enabled);
    json_int(o, S("next_dnd_start_ts"), v->next_dnd_start_ts);
    json_int(o, S("next_dnd_end_ts"), v->next_dnd_end_ts);
}

static void put_snooze(struct json_out *o, const struct obj_dnd *v)
{
    json_bool(o, S("snooze_enabled"), v->snooze_enabled == MAYBE_YES);
    if (v->snooze_enabled != MAYBE_YES)
        return;
    json_int(o, S("snooze_endtime"), v->snooze_endtime);
    json_int(o, S("snooze_remaining"), v->snooze_remaining);
    json_bool(o, S("snooze_is_indefinite"), false);
}

enum err dnd_info(struct call *c, const struct dnd_info_args *a)
{
    struct obj_dnd v;
    struct user_row *u;
    struct dnd d;
    bool own;

    TRY(team_choose(c, a->team_id));
    TRY(user_open(c, a->user, &u));
    TRY(dnd_open(c, u, &d));
    own = u->id == c->who.user;
    v = dnd_object(c, &d, own);
    put_schedule(&c->out, &v);
    if (own)
        put_snooze(&c->out, &v);
    return OK;
}

enum err dnd_team_info(struct call *c, const struct dnd_team_info_args *a)
{
    TRY(team_choose(c, a->team_id));
    json_open(&c->out, S("users"), '{');
    for (int i = 0; i < a->users.n; i++) {
        struct user_row *u;
        struct obj_dnd v;
        struct dnd d;
        enum err e = a->users.v[i].n ? user_open(c, a->users.v[i], &u) : ERR_USER_NOT_FOUND;
        bool twice = false;
        for (int j = 0; j < i; j++)
            twice = twice || str_eq(a->users.v[i], a->users.v[j]);
        if (e == ERR_USER_NOT_FOUND || twice)
            continue;
        TRY(e);
        TRY(dnd_open(c, u, &d));
        v = dnd_object(c, &d, false);
        put_dnd(&c->out, a->users.v[i], &v);
    }
    json_close(&c->out, '}');
    return OK;
}

enum err dnd_set_snooze(struct call *c, const struct dnd_set_snooze_args *a)
{
    struct obj_dnd v;
    struct user_row *u;
    int64_t minutes;
    struct dnd d;

    if (!str_to_i64(str_trim(a->num_minutes), &minutes) || minutes <= 0)
        return ERR_SNOOZE_FAILED;
    if (minutes > SNOOZE_MAX_MIN)
        return ERR_TOO_LONG;
    TRY(open_own(c, &u, &d));
    d.row.snooze_from_us = c->now_us;
    d.row.snooze_until_us = c->now_us + minutes * 60 * US_PER_S;
    TRY(dnd_store(c, u, &d.row));
    v = dnd_object(c, &d, true);
    put_snooze(&c->out, &v);
    return OK;
}

enum err dnd_end_dnd(struct call *c, const struct dnd_end_dnd_args *a)
{
    struct user_row *u;
    struct dnd d;

    (void)a;
    TRY(open_own(c, &u, &d));
    if (!dnd_now(c, &d))
        return ERR_NOT_IN_DND;
    d.row.snooze_from_us = d.row.snooze_until_us = 0;
    if (d.enabled && d.start_us <= c->now_us)
        d.row.ended_us = d.end_us;
    return dnd_store(c, u, &d.row);
}

enum err dnd_end_snooze(struct call *c, const struct dnd_end_snooze_args *a)
{
    struct obj_dnd v;
    struct user_row *u;
    struct dnd d;

    (void)a;
    TRY(open_own(c, &u, &d));
    if (!dnd_snoozing(c, &d))
        return ERR_SNOOZE_NOT_ACTIVE;
    d.row.snooze_from_us = d.row.snooze_until_us = 0;
    TRY(dnd_store(c, u, &d.row));
    v = dnd_object(c, &d, true);
    put_schedule(&c->out, &v);
    put_snooze(&c->out, &v);
    return OK;
}
