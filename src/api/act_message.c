#include "api/act_message.h"

#include "core/ephemeral.h"
#include "core/put.h"
#include "core/touch.h"

enum err act_open_message(struct call *c, const struct taut_act_args *a, struct act *act, struct message_row **out)
{
    enum err e;

    if (!c->channel)
        return call_invalid(c, "missing required field: channel");
    if (!a->has_message_ts)
        return call_invalid(c, "missing required field: message_ts");
    act->place.message_ts = a->message_ts;
    e = message_open(c, c->channel, a->message_ts, out);
    if (e == OK && str_eq((*out)->subtype, S("tombstone")))
        return ERR_MESSAGE_NOT_FOUND;
    if (e != ERR_MESSAGE_NOT_FOUND)
        return e;
    act->place.ephemeral = 1;
    return ephemeral_open(c, c->channel, a->message_ts, c->who.user, out);
}

const struct json *act_attachment(struct call *c, const struct message_row *m, int64_t id)
{
    const struct json *list = m->attachments.n ? json_parse(c->arena, m->attachments, NULL) : NULL, *item;
    int64_t n;

    item = list ? json_child(list) : NULL;
    for (uint32_t i = 0; list && i < list->count; i++, item = json_next(item))
        if (json_i64(json_get(item, S("id")), &n) && n == id)
            return item;
    return NULL;
}

int64_t act_app_of(const struct message_row *m, const struct json *attachment)
{
    int64_t app = id_parse_kind(json_get_str(attachment, S("app_id")), "A");

    return app ? app : m->app_id;
}

enum err act_press_counts(struct call *c, const struct act *act)
{
    return act->place.ephemeral ? OK : touch_click(c, c->channel, act->place.message_ts);
}

static bool is_true(const struct json *v)
{
    return v && v->kind == JSON_TRUE;
}

void act_put_container(struct json_out *o, const struct act *act, const struct message_row *m,
                       const struct json *attachment)
{
    int64_t id;

    json_open(o, S("container"), '{');
    json_str(o, S("type"), attachment ? S("message_attachment") : S("message"));
    json_ts(o, S("message_ts"), m->ts);
    if (m->thread_ts)
        json_ts(o, S("thread_ts"), m->thread_ts);
    if (attachment && json_i64(json_get(attachment, S("id")), &id))
        json_int(o, S("attachment_id"), id);
    put_id(o, S("channel_id"), act->place.channel_id);
    json_bool(o, S("is_ephemeral"), act->place.ephemeral != 0);
    if (attachment)
        json_bool(o, S("is_app_unfurl"), is_true(json_get(attachment, S("is_app_unfurl"))));
    json_close(o, '}');
}

enum err act_put_message(struct call *c, const struct act *act, struct json_out *o, struct str key,
                         const struct message_row *m)
{
    struct str json;

    act_put_channel(o, c->channel);
    if (act->place.ephemeral)
        return OK;
    TRY(message_json(c, c->channel, m, &json));
    json_text(o, key, json);
    return OK;
}

void act_put_time(const struct call *c, struct json_out *o)
{
    json_ts(o, S("action_ts"), c->now_us);
}
