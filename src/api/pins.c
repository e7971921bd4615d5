/* pins.*: messages held up in a conversation. */
#include "args_pins.h"
#include "base/id.h"
#include "core/message_change.h"
#include "events.h"

enum { PINS_MAX = 100 }; /* limits.md */

static enum err open_item(struct call *c, struct str file, struct str file_comment, bool has_ts, int64_t ts,
                          struct message_row **m)
{
    if (file.n)
        return ERR_FILE_NOT_FOUND;
    if (file_comment.n)
        return ERR_FILE_COMMENT_NOT_FOUND;
    if (!has_ts)
        return ERR_NO_ITEM_SPECIFIED;
    return message_open(c, c->channel, ts, m);
}

/* Joins, leaves and the like are notices, not messages that people wrote. */
static bool is_pinnable(const struct message_row *m)
{
    static const char *const kept[] = {"", "bot_message", "me_message", "thread_broadcast", "file_share"};

    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        if (str_eq(m->subtype, str_c(kept[i])))
            return true;
    return false;
}

/* The pinned item as the events and pins.list show it. */
static enum err put_item(struct call *c, struct json_out *o, const struct message_row *m, const struct pin_row *pin)
{
    struct message_view view;
    char channel[ID_MAX], by[ID_MAX];

    TRY(message_view_open(c, c->channel, m, 1, &view));
    view.permalink = true;
    json_open(o, S(""), '{');
    json_str(o, S("type"), S("message"));
    json_str(o, S("channel"), str_of(channel, id_format(pin->channel_id, channel)));
    TRY(message_put_to(&view, o, S("message"), m));
    json_int(o, S("created"), pin->at_us / 1000000);
    json_str(o, S("created_by"), str_of(by, id_format(pin->user_id, by)));
    json_close(o, '}');
    return OK;
}

static enum err item_json(struct call *c, const struct message_row *m, const struct pin_row *pin, struct str *out)
{
    struct buf b = buf_in(c->arena, 1 << 20);
    struct json_out o = {.b = &b};

    TRY(put_item(c, &o, m, pin));
    *out = buf_view(&b);
    return OK;
}

enum err pins_add(struct call *c, const struct pins_add_args *a)
{
    struct pin_row pin = {.channel_id = c->channel->id, .ts = a->timestamp, .user_id = c->who.user, .at_us = c->now_us};
    struct message_row *m;
    struct str item;
    int64_t changed;

    TRY(open_item(c, a->file, a->file_comment, a->has_timestamp, a->timestamp, &m));
    if (!is_pinnable(m))
        return ERR_NOT_PINNABLE;
    if (m->pinned)
        return ERR_ALREADY_PINNED;
    if (c->channel->pins_n >= PINS_MAX)
        return ERR_TOO_MANY_PINS;
    TRY(sql_pin_add(c->db, c->arena, pin.channel_id, pin.ts, pin.user_id, pin.at_us, &changed));
    if (!changed)
        return ERR_ALREADY_PINNED;
    TRY(message_pin(c, c->channel, m, true));
    TRY(item_json(c, m, &pin, &item));
    emit_pin_added(c, &(struct ev_pin_added){.to = m->channel_id,
                                             .user = c->who.user,
                                             .channel_id = m->channel_id,
                                             .item = item,
                                             .item_user = m->user_id,
                                             .pin_count = c->channel->pins_n + 1,
                                             .event_ts = c->now_us});
    return OK;
}

enum err pins_remove(struct call *c, const struct pins_remove_args *a)
{
    struct pin_row pin = {.channel_id = c->channel->id, .ts = a->timestamp, .user_id = c->who.user, .at_us = c->now_us};
    struct message_row *m;
    struct str item;
    int64_t changed;

    TRY(open_item(c, a->file, a->file_comment, a->has_timestamp, a->timestamp, &m));
    TRY(sql_pin_remove(c->db, c->arena, m->channel_id, m->ts, &changed));
    if (!changed)
        return ERR_NO_PIN;
    TRY(message_pin(c, c->channel, m, false));
    TRY(item_json(c, m, &pin, &item));
    emit_pin_removed(c, &(struct ev_pin_removed){.to = m->channel_id,
                                                 .user = c->who.user,
                                                 .channel_id = m->channel_id,
                                                 .item = item,
                                                 .item_user = m->user_id,
                                                 .pin_count = c->channel->pins_n - 1,
                                                 .has_pins = c->channel->pins_n > 1,
                                                 .event_ts = c->now_us});
    return OK;
}

enum err pins_list(struct call *c, const struct pins_list_args *a)
{
    struct pin_row *pins;
    int n;

    (void)a;
    TRY(sql_pin_list(c->db, c->arena, c->channel->id, &pins, &n));
    json_open(&c->out, S("items"), '[');
    for (int i = 0; i < n; i++) {
        struct message_row *m;
        TRY(message_open(c, c->channel, pins[i].ts, &m));
        TRY(put_item(c, &c->out, m, &pins[i]));
    }
    json_close(&c->out, ']');
    return OK;
}
