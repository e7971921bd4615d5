#include "core/reminder.h"

#include "base/clock.h"
#include "core/content.h"
#include "core/job.h"
#include "core/message.h"
#include "objects.h"

enum { TEXT_MAX_CHARS = 40000 };

int64_t reminder_id(struct arena *a, struct str text)
{
    if (!str_starts(text, S("Rm")))
        return 0;
    return id_parse_kind(ARENA_JOIN(a, str_of((char[]){REMINDER_KIND}, 1), str_skip(text, 2)), "R");
}

static struct str id_text(struct arena *a, int64_t id)
{
    char text[ID_MAX];

    return arena_printf(a, "Rm%.*s", (int)id_format(id, text) - 1, text + 1);
}

struct when reminder_when(const struct reminder_row *r)
{
    return (struct when){.at_us = r->time_us, .every = (enum when_every)r->every, .weekdays = (unsigned)r->weekdays};
}

/* {"frequency":"weekly","weekdays":["monday"]} */
static struct str recurrence_json(struct call *c, const struct reminder_row *r)
{
    static const char *const frequencies[] = {"", "daily", "weekly", "monthly", "yearly"};
    static const char *const days[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    struct buf b = buf_in(c->arena, 1 << 10);
    struct json_out o = {.b = &b};

    if (!r->every)
        return S("");
    json_open(&o, S(""), '{');
    json_str(&o, S("frequency"), str_c(frequencies[r->every]));
    if (r->every == WHEN_WEEKLY) {
        json_open(&o, S("weekdays"), '[');
        for (int i = 0; i < 7; i++)
            if (r->weekdays >> i & 1)
                json_str(&o, S(""), str_c(days[i]));
        json_close(&o, ']');
    }
    json_close(&o, '}');
    return buf_view(&b);
}

void reminder_put(struct call *c, struct json_out *o, struct str key, const struct reminder_row *r)
{
    bool once = r->every == WHEN_ONCE;
    struct obj_reminder v = {
        .id = id_text(c->arena, r->id),
        .creator = r->creator,
        .user = r->user_id,
        .text = r->text,
        .recurring = !once,
        .time = once ? r->time_us / US_PER_S : INT64_MIN,
        .complete_ts = once ? r->complete_us / US_PER_S : INT64_MIN,
        .recurrence = recurrence_json(c, r),
    };

    put_reminder(o, key, &v);
}

static enum err say(struct call *c, const struct reminder_row *r)
{
    char creator[ID_MAX];
    struct content_in in = {.text = r->text, .text_max = TEXT_MAX_CHARS};
    struct message_draft d = {.user = slackbot_id()};
    struct content content;
    struct channel_row *im;
    bool created;

    TRY(content_read(c, &in, &content));
    d.text = r->creator == r->user_id
                 ? ARENA_JOIN(c->arena, S("Reminder: "), content.text)
                 : arena_printf(c->arena, "Reminder from <@%.*s>: %.*s", (int)id_format(r->creator, creator), creator,
                                STR_FMT(content.text));
    TRY(channel_open_people(c, &r->user_id, 1, true, &im, &created));
    return message_post(c, im, &d, NULL);
}

enum err reminder_fire(struct call *c, int64_t id)
{
    struct reminder_row r;
    struct user_row u;
    struct when w;
    bool found;

    TRY(sql_reminder_get(c->db, c->arena, id, c->team, &r, &found));
    if (!found || r.complete_us)
        return OK;
    TRY(sql_user_in_team(c->db, c->arena, r.user_id, c->team, &u, &found));
    if (!found || !u.is_member || u.deleted || u.member_deleted)
        return OK;
    TRY(say(c, &r));
    w = reminder_when(&r);
    return w.every ? job_set(c, JOB_REMINDER, r.id, when_next(&w, c->now_us, zone_find(u.tz))) : OK;
}
