#include "core/scheduled.h"

#include "base/id.h"
#include "core/message.h"

enum err scheduled_open(struct call *c, struct str id, struct scheduled_row *out, bool *found)
{
    int64_t row = id_parse_kind(id, "Q");

    TRY(sql_scheduled_get(c->db, c->arena, row, c->team, out, found));
    *found = row && *found && out->user_id == c->who.user && out->app_id == c->who.app;
    return OK;
}

/* People leave, apps are taken out, channels are closed while a message waits. */
static enum err may_post(struct call *c, const struct scheduled_row *s, const struct channel_row *ch, bool *may)
{
    struct user_row u;
    int64_t one;
    bool found;

    *may = false;
    if (ch->archived)
        return OK;
    TRY(sql_user_in_team(c->db, c->arena, s->user_id, c->team, &u, &found));
    if (!found || !u.is_member || u.deleted || u.member_deleted)
        return OK;
    if (s->app_id) {
        TRY(sql_app_token_of_user(c->db, c->arena, s->app_id, s->user_id, &one, &found));
        if (!found)
            return OK;
    }
    *may = ch->is_member || (s->outsider && ch->kind == CHANNEL_PUBLIC);
    return OK;
}

static enum err post(struct call *c, const struct scheduled_row *s, struct channel_row *ch)
{
    struct message_draft d = {
        .user = s->user_id,
        .bot = s->bot_id,
        .app = s->app_id,
        .subtype = s->broadcast ? S("thread_broadcast") : S(""),
        .text = s->text,
        .thread_ts = s->thread_ts,
        .broadcast = s->broadcast,
        .blocks = s->blocks,
        .attachments = s->attachments,
        .metadata = s->metadata,
    };
    struct message_row *parent;

    if (s->thread_ts) {
        enum err e = message_open(c, ch, s->thread_ts, &parent);
        if (e == ERR_MESSAGE_NOT_FOUND || (e == OK && str_eq(parent->subtype, S("tombstone"))))
            return OK; /* an answer to what is gone says nothing */
        TRY(e);
    }
    return message_post(c, ch, &d, NULL);
}

enum err scheduled_fire(struct call *c, int64_t id)
{
    struct scheduled_row s;
    struct channel_row ch;
    int64_t changed;
    bool found, may;

    TRY(sql_scheduled_get(c->db, c->arena, id, c->team, &s, &found));
    if (!found)
        return OK;
    TRY(sql_scheduled_remove(c->db, c->arena, id, &changed));
    TRY(sql_channel_for(c->db, c->arena, s.channel_id, s.user_id, &ch, &found));
    if (!found)
        return OK;
    TRY(may_post(c, &s, &ch, &may));
    return may ? post(c, &s, &ch) : OK;
}
