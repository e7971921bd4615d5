#include "core/message.h"

#include "base/day.h"
#include "base/id.h"
#include "core/assistant.h"
#include "core/count.h"
#include "core/said.h"
#include "core/search_index.h"
#include "core/thread_status.h"
#include "core/unfurl.h"
#include "core/touch.h"

enum { TS_TRIES = 8 };

/* The next ts of the conversation: unique and strictly increasing in it, and as close to now as that allows. */
static enum err take_ts(struct call *c, struct channel_row *ch, int64_t *ts)
{
    for (int i = 0; i < TS_TRIES; i++) {
        int64_t changed;
        bool found;

        *ts = c->now_us > ch->last_ts ? c->now_us : ch->last_ts + 1;
        if (day_of_us(*ts) != day_of_us(ch->last_ts))
            TRY(count_keep_channel(c, ch, *ts));
        TRY(sql_channel_ts_take(c->db, c->arena, ch->id, *ts, &changed));
        if (changed) {
            ch->last_ts = *ts;
            ch->version++;
            return OK;
        }
        /* Another node posted in between: look again. */
        TRY(sql_channel_last_ts(c->db, c->arena, ch->id, &ch->last_ts, &found));
    }
    return ERR_SERVICE_UNAVAILABLE;
}

struct str message_with_user(struct arena *a, struct str ids, int64_t user)
{
    char text[ID_MAX];
    struct str id = {text, id_format(user, text)};
    struct str rest = ids, piece;

    while (str_cut(&rest, ',', &piece))
        if (str_eq(piece, id))
            return ids;
    return arena_printf(a, "%.*s%s%.*s", STR_FMT(ids), ids.n ? "," : "", STR_FMT(id));
}

/* *parent: its row as it is now; its ts is 0 when it went meanwhile (another node deleted it). */
static enum err count_reply(struct call *c, const struct message_row *reply, struct message_row *parent)
{
    int64_t changed;
    bool found;

    TRY(sql_message_get(c->db, c->arena, reply->channel_id, reply->thread_ts, parent, &found));
    if (!found) {
        *parent = (struct message_row){0};
        return OK;
    }
    parent->thread_ts = parent->ts;
    parent->reply_count++;
    parent->latest_reply = reply->ts;
    parent->reply_users =
        message_with_user(c->arena, parent->reply_users, reply->user_id ? reply->user_id : reply->bot_id);
    return sql_message_parent_set(c->db, c->arena, parent->channel_id, parent->ts, parent->thread_ts,
                                  parent->reply_count, parent->latest_reply, parent->reply_users, &changed);
}

void message_of_draft(const struct channel_row *ch, const struct message_draft *d, int64_t ts, struct message_row *m)
{
    *m = (struct message_row){
        .channel_id = ch->id,
        .ts = ts,
        .user_id = d->user,
        .bot_id = d->bot,
        .app_id = d->app,
        .subtype = d->subtype,
        .text = d->text,
        .thread_ts = d->opens_thread ? ts : d->thread_ts,
        .broadcast = d->broadcast,
        .client_msg_id = d->client_msg_id,
        .blocks = d->blocks,
        .attachments = d->attachments,
        .metadata = d->metadata,
        .extra = d->extra,
    };
}

static enum err add_files(struct call *c, const struct message_row *m, const struct message_draft *d)
{
    int64_t changed;

    for (int i = 0; i < d->n_files; i++)
        TRY(sql_file_share_add(c->db, c->arena, m->channel_id, m->ts, i, d->files[i], m->user_id, &changed));
    return OK;
}

/* Threads with apps that assist: what a person says there, and an app's answer, which ends what it showed meanwhile. */
static enum err tell_agents(struct call *c, const struct channel_row *ch, struct message_row *m)
{
    bool is_said = !m->subtype.n || message_has_files(m);

    if (m->bot_id)
        return m->thread_ts ? thread_status_answered(c, ch, m->thread_ts, m->user_id ? m->user_id : c->who.user) : OK;
    return ch->kind == CHANNEL_IM && is_said ? assistant_hear(c, ch, m->user_id, m->ts, &m->thread_ts) : OK;
}

enum err message_post(struct call *c, struct channel_row *ch, const struct message_draft *d, struct message_row **out)
{
    struct message_row *m = ARENA_NEW(c->arena, struct message_row), parent = {0};
    int64_t ts, changed;
    struct said said;

    TRY(take_ts(c, ch, &ts));
    message_of_draft(ch, d, ts, m);
    if (!d->silent)
        TRY(tell_agents(c, ch, m));
    TRY(sql_message_add(c->db, c->arena, m->channel_id, m->ts, m->user_id, m->bot_id, m->app_id, m->subtype, m->text,
                        m->thread_ts, m->broadcast, m->client_msg_id, m->blocks, m->attachments, m->metadata, m->extra,
                        &changed));
    TRY(add_files(c, m, d));
    if (m->thread_ts && m->thread_ts != m->ts)
        TRY(count_reply(c, m, &parent));
    said = said_later(c, m);
    TRY(search_index_add(c, ch->team_id, ch->kind == CHANNEL_PUBLIC, m, &said));
    if (!said.how)
        TRY(said_count(c, ch, m));
    TRY(touch_shares(c, ch->team_id, m));
    if (!d->silent)
        TRY(unfurl_want(c, ch, d, m));
    if (!d->silent)
        TRY(message_emit(c, ch, m));
    if (!d->silent && parent.ts)
        TRY(message_emit_replied(c, ch, &parent));
    if (out)
        *out = m;
    return OK;
}

bool message_is_said(const struct message_row *m)
{
    static const struct str subtypes[] = {
        {"", 0}, {"bot_message", 11}, {"me_message", 10}, {"thread_broadcast", 16}, {"file_share", 10},
    };

    for (size_t i = 0; i < sizeof(subtypes) / sizeof(*subtypes); i++)
        if (str_eq(m->subtype, subtypes[i]))
            return true;
    return false;
}

enum err message_open(struct call *c, const struct channel_row *ch, int64_t ts, struct message_row **out)
{
    struct message_row *m = ARENA_NEW(c->arena, struct message_row);
    bool found;

    TRY(sql_message_get(c->db, c->arena, ch->id, ts, m, &found));
    if (!found)
        return ERR_MESSAGE_NOT_FOUND;
    *out = m;
    return OK;
}

enum err message_find_thread(struct call *c, const struct channel_row *ch, int64_t ts, int64_t *thread_ts)
{
    struct message_row *parent;
    enum err e = message_open(c, ch, ts, &parent);

    if (e == ERR_MESSAGE_NOT_FOUND || (e == OK && str_eq(parent->subtype, S("tombstone"))))
        return ERR_CANNOT_REPLY_TO_MESSAGE;
    TRY(e);
    *thread_ts = parent->thread_ts ? parent->thread_ts : parent->ts;
    return OK;
}

struct str message_permalink(struct call *c, const struct message_row *m)
{
    char channel[ID_MAX], parent[TS_MAX];
    struct str ch = {channel, id_format(m->channel_id, channel)};

    if (m->thread_ts == 0 || m->thread_ts == m->ts)
        return arena_printf(c->arena, "%.*sarchives/%.*s/p%lld", STR_FMT(c->base_url), STR_FMT(ch), (long long)m->ts);
    return arena_printf(c->arena, "%.*sarchives/%.*s/p%lld?thread_ts=%.*s&cid=%.*s", STR_FMT(c->base_url), STR_FMT(ch),
                        (long long)m->ts, (int)ts_format(m->thread_ts, parent), parent, STR_FMT(ch));
}
