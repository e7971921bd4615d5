/* taut.activity.report: what clients know and the server cannot, who saw and clicked what. */
#include "args_taut.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/client_kind.h"
#include "core/count.h"
#include "core/touch.h"
#include "core/sight.h"
#include "objects.h"

enum { EVENTS_MAX = 500 };
#define LATE_US (INT64_C(24) * 3600 * US_PER_S)
#define AHEAD_US (INT64_C(60) * US_PER_S) /* clocks of clients differ */

struct event_in {
    bool click;
    struct str channel;
    int64_t ts, at_us;
};

/* A ts may come as a text or as a number. */
static bool read_time(const struct json *j, int64_t *us)
{
    return j && (j->kind == JSON_STRING || j->kind == JSON_NUMBER) && ts_parse(j->text, us);
}

static enum err read_event(const struct call *c, const struct json *j, struct event_in *e)
{
    struct str type = json_get_str(j, S("type"));
    const struct json *at = json_get(j, S("at"));

    e->click = str_eq(type, S("click"));
    e->channel = json_get_str(j, S("channel"));
    e->at_us = c->now_us;
    if (!e->click && !str_eq(type, S("view")))
        return ERR_INVALID_ARGUMENTS;
    if (!read_time(json_get(j, S("ts")), &e->ts))
        return ERR_MESSAGE_NOT_FOUND;
    if (at && !read_time(at, &e->at_us))
        return ERR_INVALID_TIME;
    if (e->at_us > c->now_us + AHEAD_US)
        return ERR_TIME_TOO_FAR;
    if (e->at_us < c->now_us - LATE_US)
        return ERR_TIME_IN_PAST;
    return OK;
}

/* Most reports are about one conversation. */
static enum err open_channel(struct call *c, struct str id, struct channel_row **ch)
{
    int64_t channel = id_parse_kind(id, "CGD");

    if (*ch && (*ch)->id == channel)
        return OK;
    return channel_get(c, channel, ch);
}

static enum err take(struct call *c, const struct json *j, struct channel_row **ch, int64_t *accepted)
{
    struct event_in e;
    struct stub_row m;
    bool found;

    TRY(read_event(c, j, &e));
    TRY(open_channel(c, e.channel, ch));
    TRY(sql_message_stub(c->db, c->arena, (*ch)->id, e.ts, &m, &found));
    if (!found)
        return ERR_MESSAGE_NOT_FOUND;
    if (e.at_us < m.ts - AHEAD_US)
        return ERR_INVALID_TIME;
    TRY(count_read_now(c, *ch)); /* who has a message before its eyes reads */
    if (!activity_kept(c, *ch))
        return OK;
    ++*accepted;
    return e.click ? touch_click(c, *ch, m.ts) : sight_report(c, *ch, &m);
}

/* What is wrong with one event is no fault of the others. */
static bool is_refusal(enum err e)
{
    return e == ERR_INVALID_ARGUMENTS || e == ERR_CHANNEL_NOT_FOUND || e == ERR_MESSAGE_NOT_FOUND ||
           e == ERR_INVALID_TIME || e == ERR_TIME_IN_PAST || e == ERR_TIME_TOO_FAR;
}

static enum err take_all(struct call *c, const struct json *events, int64_t *accepted, struct obj_activity_refusal *out,
                         int *n)
{
    const struct json *j = json_child(events);
    struct channel_row *ch = NULL;

    for (uint32_t i = 0; i < events->count; i++, j = json_next(j)) {
        enum err e = take(c, j, &ch, accepted);
        if (e != OK && !is_refusal(e))
            return e;
        if (e != OK)
            out[(*n)++] = (struct obj_activity_refusal){(int64_t)i, str_c(err_name(e))};
    }
    return OK;
}

enum err taut_activity_report(struct call *c, const struct taut_activity_report_args *a)
{
    struct obj_activity_refusal *refused;
    int64_t accepted = 0;
    int n = 0;

    if (a->events->kind != JSON_ARRAY)
        return call_invalid(c, "events: must be a list");
    if (a->events->count > EVENTS_MAX)
        return ERR_TOO_MANY_EVENTS;
    if (!client_is_person(c))
        return ERR_RESTRICTED_ACTION;
    refused = ARENA_ARRAY(c->arena, struct obj_activity_refusal, a->events->count);
    TRY(take_all(c, a->events, &accepted, refused, &n));
    json_int(&c->out, S("accepted"), accepted);
    json_open(&c->out, S("refused"), '[');
    for (int i = 0; i < n; i++)
        put_activity_refusal(&c->out, S(""), &refused[i]);
    json_close(&c->out, ']');
    return OK;
}
