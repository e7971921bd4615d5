/* Events of messages that change or go. */
#include "core/channel_put.h"
#include "core/message.h"
#include "core/put.h"

enum { EVENT_MAX_BYTES = 8 << 20 };

/* Begins the event of a change: {"type":"message","subtype":…,"hidden":true,"channel":…,"ts":…}. */
static void open_change(const struct channel_row *ch, struct json_out *o, const char *subtype, int64_t event_ts)
{
    json_open(o, S(""), '{');
    json_str(o, S("type"), S("message"));
    json_str(o, S("subtype"), str_c(subtype));
    json_bool(o, S("hidden"), true);
    put_id(o, S("channel"), ch->id);
    json_str(o, S("channel_type"), channel_type_name(ch));
    json_ts(o, S("ts"), event_ts);
    json_ts(o, S("event_ts"), event_ts);
}

/* Ends and tells it: to the conversation, or to the one person (reader) who sees the message. */
static enum err tell_change(struct call *c, const struct channel_row *ch, struct json_out *o, int64_t reader)
{
    if (reader)
        json_bool(o, S("is_ephemeral"), true);
    json_close(o, '}');
    call_emit(c, reader ? TO_USER : TO_CHANNEL, reader ? reader : ch->id, "message", buf_view(o->b));
    return OK;
}

static enum err emit_changed(struct call *c, const struct channel_row *ch, int64_t reader, struct str before,
                             const struct message_row *after)
{
    struct buf b = buf_in(c->arena, EVENT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct str new_json;

    if (c->unheard)
        return OK;
    TRY(message_json(c, ch, after, &new_json));
    open_change(ch, &o, "message_changed", c->now_us);
    json_text(&o, S("message"), new_json);
    json_text(&o, S("previous_message"), before);
    return tell_change(c, ch, &o, reader);
}

static enum err emit_deleted(struct call *c, const struct channel_row *ch, int64_t reader, const struct message_row *m)
{
    struct buf b = buf_in(c->arena, EVENT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct str old;

    if (c->unheard)
        return OK;
    TRY(message_json(c, ch, m, &old));
    open_change(ch, &o, "message_deleted", c->now_us);
    json_ts(&o, S("deleted_ts"), m->ts);
    json_text(&o, S("previous_message"), old);
    return tell_change(c, ch, &o, reader);
}

enum err message_emit_changed(struct call *c, const struct channel_row *ch, struct str before,
                              const struct message_row *after)
{
    return emit_changed(c, ch, 0, before, after);
}

enum err message_emit_deleted(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    return emit_deleted(c, ch, 0, m);
}

enum err message_emit_ephemeral_changed(struct call *c, const struct channel_row *ch, int64_t reader, struct str before,
                                        const struct message_row *after)
{
    return emit_changed(c, ch, reader, before, after);
}

enum err message_emit_ephemeral_deleted(struct call *c, const struct channel_row *ch, int64_t reader,
                                        const struct message_row *m)
{
    return emit_deleted(c, ch, reader, m);
}

enum err message_emit_replied(struct call *c, const struct channel_row *ch, const struct message_row *parent)
{
    struct buf b = buf_in(c->arena, EVENT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct str object;

    if (c->unheard)
        return OK;
    TRY(message_json(c, ch, parent, &object));
    open_change(ch, &o, "message_replied", parent->latest_reply);
    json_text(&o, S("message"), object);
    json_close(&o, '}');
    call_emit(c, TO_CHANNEL, ch->id, "message", buf_view(&b));
    return OK;
}

enum err message_emit_ephemeral(struct call *c, const struct channel_row *ch, int64_t reader,
                                const struct message_row *m)
{
    struct buf b = buf_in(c->arena, EVENT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct str object;

    if (c->unheard)
        return OK;
    TRY(message_json(c, ch, m, &object));
    buf_put(&b, object.p, object.n - 1); /* without its closing brace */
    o.comma = true;
    put_id(&o, S("channel"), m->channel_id);
    json_str(&o, S("channel_type"), channel_type_name(ch));
    json_bool(&o, S("is_ephemeral"), true);
    json_bool(&o, S("hidden"), false);
    json_ts(&o, S("event_ts"), m->ts);
    json_close(&o, '}');
    call_emit(c, TO_USER, reader, "message", buf_view(&b));
    return OK;
}
