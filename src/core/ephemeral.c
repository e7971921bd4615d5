#include "core/ephemeral.h"

#include "base/clock.h"

#define KEPT_US (INT64_C(86400) * US_PER_S)

static enum err keep(struct call *c, int64_t reader, const struct message_row *m)
{
    int64_t changed;

    if (!m->app_id)
        return OK;
    TRY(sql_ephemeral_sweep(c->db, c->arena, c->now_us, &changed));
    return sql_ephemeral_add(c->db, c->arena, m->channel_id, m->ts, reader, m->user_id, m->bot_id, m->app_id,
                             m->subtype, m->text, m->thread_ts, m->blocks, m->attachments, m->extra,
                             c->now_us + KEPT_US, &changed);
}

enum err ephemeral_post(struct call *c, const struct channel_row *ch, int64_t reader, const struct message_draft *d,
                        struct message_row **out)
{
    struct message_row *m = ARENA_NEW(c->arena, struct message_row);

    message_of_draft(ch, d, c->now_us > ch->last_ts ? c->now_us : ch->last_ts + 1, m);
    *out = m;
    TRY(keep(c, reader, m));
    return message_emit_ephemeral(c, ch, reader, m);
}

enum err ephemeral_open(struct call *c, const struct channel_row *ch, int64_t ts, int64_t reader,
                        struct message_row **out)
{
    struct message_row *m = ARENA_NEW(c->arena, struct message_row);
    bool found;

    TRY(sql_ephemeral_get(c->db, c->arena, ch->id, ts, reader, c->now_us, m, &found));
    if (!found)
        return ERR_MESSAGE_NOT_FOUND;
    *out = m;
    return OK;
}

enum err ephemeral_replace(struct call *c, const struct channel_row *ch, int64_t reader,
                           const struct message_row *before, const struct message_row *after)
{
    struct str before_json;
    int64_t changed;

    TRY(message_json(c, ch, before, &before_json));
    TRY(sql_ephemeral_edit(c->db, c->arena, after->channel_id, after->ts, reader, after->text, after->blocks,
                           after->attachments, &changed));
    return message_emit_ephemeral_changed(c, ch, reader, before_json, after);
}

enum err ephemeral_delete(struct call *c, const struct channel_row *ch, int64_t reader, const struct message_row *m)
{
    int64_t changed;

    TRY(message_emit_ephemeral_deleted(c, ch, reader, m));
    return sql_ephemeral_remove(c->db, c->arena, m->channel_id, m->ts, reader, &changed);
}
