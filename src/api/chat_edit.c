/* chat.update and chat.delete: changing and taking back what was said. */
#include "api/chat.h"
#include "api/chat_previews.h"
#include "api/files_share.h"
#include "args_chat.h"
#include "core/content.h"
#include "core/message_change.h"
#include "core/put.h"
#include "core/stream.h"
#include "core/touch.h"

enum { UPDATE_MAX_CHARS = 4000 };

/* A person edits its own messages, an app those of its bot. */
static bool is_author(const struct call *c, const struct message_row *m)
{
    if (c->who.bot)
        return m->bot_id == c->who.bot;
    return m->user_id == c->who.user;
}

/* "As the person" is a choice that only classic apps have. */
enum err chat_check_as_user(const struct call *c, bool as_user)
{
    if (as_user && c->who.kind == TOKEN_BOT && !scope_has(&c->who, SCOPE_BOT))
        return ERR_AS_USER_NOT_SUPPORTED;
    return OK;
}

/* --- update --------------------------------------------------------------------------------------------------- */

enum err chat_update_prepare(struct call *c, const struct chat_update_args *a)
{
    struct content *content = ARENA_NEW(c->arena, struct content);
    struct content_in in = {
        CHAT_CONTENT(a),
        .text_max = UPDATE_MAX_CHARS,
        .text_strict = true,
    };

    TRY(chat_check_as_user(c, a->as_user));
    TRY(content_read(c, &in, content));
    c->prepared = content;
    return OK;
}

/* What was left out stays as it was; an empty list takes its part away. */
static enum err merge(struct call *c, const struct chat_update_args *a, const struct content *content,
                      const struct message_row *before, struct message_row *after)
{
    *after = *before;
    if (a->has_text || a->has_markdown_text)
        after->text = content->text;
    if (a->has_blocks)
        after->blocks = content->blocks;
    else if (a->has_text)
        after->blocks = S(""); /* the old layout showed the old text */
    if (a->has_attachments)
        after->attachments = content->attachments;
    if (a->has_metadata)
        after->metadata = content->metadata;
    if (!a->has_unfurled_attachments)
        return OK;
    return chat_previews_merge(c, before->attachments, after->attachments, a->has_attachments, a->unfurled_attachments,
                               &after->attachments);
}

static bool is_same(const struct message_row *a, const struct message_row *b)
{
    return str_eq(a->text, b->text) && str_eq(a->blocks, b->blocks) && str_eq(a->attachments, b->attachments) &&
           str_eq(a->metadata, b->metadata);
}

static enum err store_edit(struct call *c, const struct message_row *before, struct message_row *after,
                           const struct files_change *files)
{
    struct str before_json;

    if (is_same(before, after) && !files->any)
        return OK;
    TRY(message_json(c, c->channel, before, &before_json));
    if (files->any)
        TRY(files_change_store(c, after, files));
    return message_edit(c, c->channel, before_json, before, after);
}

/* A reply that shall stand in the conversation as well from now on. */
static enum err broadcast(struct call *c, struct message_row *m)
{
    struct str before;
    int64_t changed;

    if (!m->thread_ts || m->thread_ts == m->ts || m->broadcast)
        return ERR_CANT_BROADCAST_MESSAGE;
    TRY(message_json(c, c->channel, m, &before));
    m->broadcast = 1;
    if (!m->subtype.n)
        m->subtype = S("thread_broadcast");
    TRY(sql_message_set_broadcast(c->db, c->arena, m->channel_id, m->ts, m->subtype, &changed));
    TRY(touch_add(c, m->channel_id, m->ts, TOUCH_LATE, 0)); /* whose cursor is past it has not seen it there */
    TRY(sql_channel_changed(c->db, c->arena, m->channel_id, &changed));
    return message_emit_changed(c, c->channel, before, m);
}

static bool is_editable(const struct message_row *m)
{
    return m->subtype.n == 0 || str_eq(m->subtype, S("bot_message")) || str_eq(m->subtype, S("me_message")) ||
           message_has_files(m) || str_eq(m->subtype, S("thread_broadcast"));
}

static enum err put_updated(struct call *c, const struct message_row *m)
{
    struct message_view view;

    put_id(&c->out, S("channel"), m->channel_id);
    json_ts(&c->out, S("ts"), m->ts);
    json_str(&c->out, S("text"), m->text);
    TRY(message_view_open(c, c->channel, m, 1, &view));
    view.include_metadata = true;
    return message_put(&view, S("message"), m);
}

static bool gives_content(const struct chat_update_args *a)
{
    return a->has_text || a->has_markdown_text || a->has_blocks || a->has_attachments || a->has_metadata ||
           a->has_file_ids || a->has_unfurled_attachments;
}

enum err chat_update(struct call *c, const struct chat_update_args *a)
{
    struct content content = *(const struct content *)c->prepared;
    struct files_change files = {0};
    struct message_row *before, *after = ARENA_NEW(c->arena, struct message_row);

    TRY(message_open(c, c->channel, a->ts, &before));
    if (!is_author(c, before) || !is_editable(before))
        return ERR_CANT_UPDATE_MESSAGE;
    if (stream_is_open(before))
        return ERR_STREAMING_STATE_CONFLICT;
    if (a->reply_broadcast && gives_content(a))
        return ERR_NO_DUAL_BROADCAST_CONTENT_UPDATE;
    if (!a->reply_broadcast && !gives_content(a))
        return ERR_NO_TEXT;
    TRY(content_link(c, &content));
    TRY(merge(c, a, &content, before, after));
    if (a->has_file_ids)
        TRY(files_change_plan(c, before, &a->file_ids, &files));
    if (after->text.n == 0 && after->blocks.n == 0 && after->attachments.n == 0 &&
        !(a->has_file_ids ? files.n_after > 0 : message_has_files(before)))
        return ERR_NO_TEXT;
    TRY(store_edit(c, before, after, &files));
    if (a->reply_broadcast)
        TRY(broadcast(c, after));
    return put_updated(c, after);
}

/* --- delete --------------------------------------------------------------------------------------------------- */

/* Admins delete what others wrote in channels; what people say among themselves is theirs alone. */
static bool may_delete(const struct call *c, const struct message_row *m)
{
    bool is_channel = c->channel->kind == CHANNEL_PUBLIC || c->channel->kind == CHANNEL_PRIVATE;

    if (str_eq(m->subtype, S("tombstone")))
        return false;
    return is_author(c, m) || (is_channel && c->who.kind != TOKEN_BOT && c->who.role >= ROLE_ADMIN);
}

enum err chat_delete(struct call *c, const struct chat_delete_args *a)
{
    struct message_row *m;

    TRY(message_open(c, c->channel, a->ts, &m));
    if (!may_delete(c, m))
        return ERR_CANT_DELETE_MESSAGE;
    TRY(message_remove(c, c->channel, m));
    put_id(&c->out, S("channel"), m->channel_id);
    json_ts(&c->out, S("ts"), m->ts);
    return OK;
}
