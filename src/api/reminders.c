/* reminders.*: what people want to be told later. */
#include "args_reminders.h"
#include "base/clock.h"
#include "core/channel.h"
#include "core/job.h"
#include "core/reminder.h"
#include "core/team.h"
#include "core/user_put.h"

/* --- add ------------------------------------------------------------------------------------------------------ */

static enum err check_target(struct call *c, const struct user_row *u, bool recurring)
{
    if (u->id == slackbot_id())
        return ERR_CANNOT_ADD_SLACKBOT;
    if (u->is_bot)
        return ERR_CANNOT_ADD_BOT;
    if (u->deleted || u->member_deleted)
        return ERR_USER_NOT_FOUND;
    if (u->id == c->who.user)
        return OK;
    if (c->who.guest != GUEST_NONE)
        return ERR_CANNOT_ADD_OTHERS;
    return recurring ? ERR_CANNOT_ADD_OTHERS_RECURRING : OK;
}

/* {"frequency":"daily"}, {"frequency":"weekly","weekdays":["monday","friday"]} */
static bool read_recurrence(struct call *c, const struct json *j, const struct zone *zone, struct when *w)
{
    static const char *const words[] = {"", "daily", "weekly", "monthly", "yearly"};
    const struct json *days = json_get(j, S("weekdays")), *day;
    struct when one;

    for (int i = WHEN_DAILY; i <= WHEN_YEARLY; i++)
        if (str_eq(json_get_str(j, S("frequency")), str_c(words[i])))
            w->every = (enum when_every)i;
    if (!w->every || (days && days->kind != JSON_ARRAY))
        return false;
    if (w->every != WHEN_WEEKLY)
        return true;
    w->weekdays = 0;
    day = days ? json_child(days) : NULL;
    for (uint32_t i = 0; day && i < days->count; i++, day = json_next(day)) {
        struct str text = ARENA_JOIN(c->arena, S("every "), day->kind == JSON_STRING ? day->text : S("-"));
        if (!when_parse(c->arena, text, c->now_us, zone, &one) || one.every != WHEN_WEEKLY)
            return false;
        w->weekdays |= one.weekdays;
    }
    if (!w->weekdays)
        w->weekdays = 1u << when_weekday(w->at_us, zone);
    /* The first time is a day of the list. */
    while (!(w->weekdays >> when_weekday(w->at_us, zone) & 1))
        w->at_us = when_next(&(struct when){.at_us = w->at_us, .every = WHEN_DAILY}, w->at_us, zone);
    return true;
}

enum err reminders_add(struct call *c, const struct reminders_add_args *a)
{
    struct reminder_row r = {.id = id_new(REMINDER_KIND), .creator = c->who.user, .text = a->text};
    struct user_row *u;
    int64_t changed;
    struct when w;

    TRY(team_choose(c, a->team_id));
    TRY(user_open(c, a->user, &u));
    if (!when_read(c->arena, a->time, c->now_us, zone_find(u->tz), &w))
        return ERR_CANNOT_PARSE;
    if (a->recurrence && !read_recurrence(c, a->recurrence, zone_find(u->tz), &w))
        return ERR_CANNOT_PARSE;
    TRY(check_target(c, u, w.every != WHEN_ONCE));
    r.user_id = u->id;
    r.time_us = w.at_us;
    r.every = w.every;
    r.weekdays = w.weekdays;
    TRY(sql_reminder_add(c->db, c->arena, r.id, c->team, r.creator, r.user_id, r.text, r.time_us, r.every, r.weekdays,
                         &changed));
    TRY(job_set(c, JOB_REMINDER, r.id, r.time_us));
    reminder_put(c, &c->out, S("reminder"), &r);
    return OK;
}

/* --- the others ----------------------------------------------------------------------------------------------- */

/* One that the caller made or that is for the caller. */
static enum err open_mine(struct call *c, struct str team_id, struct str id, struct reminder_row *r)
{
    int64_t row = reminder_id(c->arena, id);
    bool found;

    TRY(team_choose(c, team_id));
    TRY(sql_reminder_get(c->db, c->arena, row, c->team, r, &found));
    return row && found && (r->creator == c->who.user || r->user_id == c->who.user) ? OK : ERR_NOT_FOUND;
}

enum err reminders_info(struct call *c, const struct reminders_info_args *a)
{
    struct reminder_row r;

    TRY(open_mine(c, a->team_id, a->reminder, &r));
    reminder_put(c, &c->out, S("reminder"), &r);
    return OK;
}

enum err reminders_complete(struct call *c, const struct reminders_complete_args *a)
{
    struct reminder_row r;
    int64_t changed;

    TRY(open_mine(c, a->team_id, a->reminder, &r));
    if (r.user_id != c->who.user)
        return ERR_CANNOT_COMPLETE_OTHERS;
    if (r.every)
        return ERR_CANNOT_COMPLETE_RECURRING;
    TRY(sql_reminder_complete(c->db, c->arena, r.id, c->now_us, &changed));
    return job_drop(c, JOB_REMINDER, r.id);
}

enum err reminders_delete(struct call *c, const struct reminders_delete_args *a)
{
    struct reminder_row r;
    int64_t changed;

    TRY(open_mine(c, a->team_id, a->reminder, &r));
    TRY(sql_reminder_delete(c->db, c->arena, r.id, &changed));
    return job_drop(c, JOB_REMINDER, r.id);
}

enum err reminders_list(struct call *c, const struct reminders_list_args *a)
{
    struct reminder_row *rows;
    int n;

    TRY(team_choose(c, a->team_id));
    TRY(sql_reminder_list(c->db, c->arena, c->team, c->who.user, &rows, &n));
    json_open(&c->out, S("reminders"), '[');
    for (int i = 0; i < n; i++)
        reminder_put(c, &c->out, S(""), &rows[i]);
    json_close(&c->out, ']');
    return OK;
}
