/* chat.postMessage, meMessage, postEphemeral, getPermalink: saying something. */
#include "api/chat.h"
#include "args_chat.h"
#include "base/clock.h"
#include "core/channel_put.h"
#include "core/content.h"
#include "core/ephemeral.h"
#include "core/put.h"

enum { TEXT_MAX_CHARS = 40000 };

/* --- who speaks ----------------------------------------------------------------------------------------------- */

bool chat_can_customize(const struct call *c, bool as_user)
{
    return !as_user && (scope_has(&c->who, SCOPE_CHAT_WRITE_CUSTOMIZE) || scope_has(&c->who, SCOPE_CHAT_WRITE_BOT));
}

void chat_author(const struct call *c, const struct content *content, struct message_draft *d)
{
    d->user = c->who.user;
    d->bot = c->who.bot;
    d->app = c->who.app;
    if (!content->extra.n)
        return;
    d->subtype = S("bot_message");
    d->extra = content->extra;
    if (c->who.bot)
        d->user = 0;
}

/* --- postMessage ---------------------------------------------------------------------------------------------- */

enum err chat_post_message_prepare(struct call *c, const struct chat_post_message_args *a)
{
    struct content *content = ARENA_NEW(c->arena, struct content);
    bool custom = a->username.n || a->icon_emoji.n || a->icon_url.n;
    struct content_in in = {
        CHAT_CONTENT(a),
        .plain = !a->mrkdwn,
        .text_max = TEXT_MAX_CHARS,
    };

    TRY(chat_check_as_user(c, a->as_user));
    if (custom && chat_can_customize(c, a->as_user)) {
        in.username = a->username;
        in.icon_emoji = a->icon_emoji;
        in.icon_url = a->icon_url;
    }
    TRY(content_read(c, &in, content));
    c->prepared = content;
    return content_is_empty(content) ? ERR_NO_TEXT : OK;
}

static enum err put_posted(struct call *c, const struct message_row *m)
{
    struct message_view view;

    put_id(&c->out, S("channel"), m->channel_id);
    json_ts(&c->out, S("ts"), m->ts);
    TRY(message_view_open(c, c->channel, m, 1, &view));
    view.include_metadata = true;
    return message_put(&view, S("message"), m);
}

/* A repeated client_msg_id is the same message again: answered, not stored. */
static enum err find_duplicate(struct call *c, struct str client_msg_id, struct message_row **out)
{
    struct message_row *m = ARENA_NEW(c->arena, struct message_row);
    bool found;

    *out = NULL;
    if (!client_msg_id.n)
        return OK;
    TRY(sql_message_by_client_id(c->db, c->arena, c->who.user, client_msg_id, m, &found));
    if (!found)
        return OK;
    if (m->channel_id != c->channel->id)
        return ERR_DUPLICATE_CHANNEL_NOT_FOUND;
    *out = m;
    return OK;
}

enum err chat_post_message(struct call *c, const struct chat_post_message_args *a)
{
    struct content content = *(const struct content *)c->prepared;
    struct message_draft d = {.client_msg_id = a->client_msg_id};
    struct message_row *m;

    TRY(find_duplicate(c, a->client_msg_id, &m));
    if (m) {
        json_bool(&c->out, S("is_duplicate"), true);
        return put_posted(c, m);
    }
    if (a->has_thread_ts)
        TRY(message_find_thread(c, c->channel, a->thread_ts, &d.thread_ts));
    TRY(content_link(c, &content));
    d.text = content.text;
    d.blocks = content.blocks;
    d.attachments = content.attachments;
    d.metadata = content.metadata;
    chat_author(c, &content, &d);
    d.unfurl_links = a->has_unfurl_links ? maybe_of(a->unfurl_links) : MAYBE_UNSET;
    d.unfurl_media = a->has_unfurl_media ? maybe_of(a->unfurl_media) : MAYBE_UNSET;
    d.broadcast = d.thread_ts && a->reply_broadcast;
    if (d.broadcast && !d.subtype.n)
        d.subtype = S("thread_broadcast");
    TRY(message_post(c, c->channel, &d, &m));
    return put_posted(c, m);
}

/* --- meMessage ------------------------------------------------------------------------------------------------ */

enum err chat_me_message(struct call *c, const struct chat_me_message_args *a)
{
    struct content content;
    struct content_in in = {.text = a->text, .text_max = TEXT_MAX_CHARS, .text_strict = true};
    struct message_draft d = {.subtype = S("me_message"), .user = c->who.user, .bot = c->who.bot, .app = c->who.app};
    struct message_row *m;

    TRY(content_read(c, &in, &content));
    if (content_is_empty(&content))
        return ERR_NO_TEXT;
    d.text = content.text;
    TRY(message_post(c, c->channel, &d, &m));
    put_id(&c->out, S("channel"), m->channel_id);
    json_ts(&c->out, S("ts"), m->ts);
    return OK;
}

/* --- postEphemeral -------------------------------------------------------------------------------------------- */

enum err chat_post_ephemeral_prepare(struct call *c, const struct chat_post_ephemeral_args *a)
{
    struct content *content = ARENA_NEW(c->arena, struct content);
    struct content_in in = {
        CHAT_CONTENT(a),
        .text_max = TEXT_MAX_CHARS,
        .text_strict = true,
    };

    if (chat_can_customize(c, a->as_user)) {
        in.username = a->username;
        in.icon_emoji = a->icon_emoji;
        in.icon_url = a->icon_url;
    }
    TRY(content_read(c, &in, content));
    c->prepared = content;
    return content_is_empty(content) ? ERR_NO_TEXT : OK;
}

static enum err check_reader(struct call *c, struct str user, int64_t *id)
{
    int64_t one;
    bool found;

    *id = id_parse_kind(user, "UW");
    TRY(sql_member_has(c->db, c->arena, c->channel->id, *id, &one, &found));
    return *id && found ? OK : ERR_USER_NOT_IN_CHANNEL;
}

enum err chat_post_ephemeral(struct call *c, const struct chat_post_ephemeral_args *a)
{
    struct content content = *(const struct content *)c->prepared;
    struct message_draft d = {0};
    struct message_row *m;
    int64_t reader;

    TRY(check_reader(c, a->user, &reader));
    if (a->has_thread_ts)
        TRY(message_find_thread(c, c->channel, a->thread_ts, &d.thread_ts));
    TRY(content_link(c, &content));
    chat_author(c, &content, &d);
    d.text = content.text;
    d.blocks = content.blocks;
    d.attachments = content.attachments;
    TRY(ephemeral_post(c, c->channel, reader, &d, &m));
    json_ts(&c->out, S("message_ts"), m->ts);
    return OK;
}

/* --- getPermalink --------------------------------------------------------------------------------------------- */

enum err chat_get_permalink(struct call *c, const struct chat_get_permalink_args *a)
{
    struct message_row *m;

    TRY(message_open(c, c->channel, a->message_ts, &m));
    put_id(&c->out, S("channel"), m->channel_id);
    json_str(&c->out, S("permalink"), message_permalink(c, m));
    return OK;
}
