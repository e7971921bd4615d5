/* chat.startStream, appendStream, stopStream: a message that is written while others read it. */
#include "api/chat.h"
#include "args_chat.h"
#include "base/id.h"
#include "core/message.h"
#include "core/put.h"
#include "core/search_index.h"
#include "core/stream.h"
#include "core/team.h"
#include "core/user_put.h"

/* What was checked before the lane. */
struct prepared {
    struct content content;
    struct chunk_list chunks;
};

static void put_place(struct call *c, const struct message_row *m)
{
    put_id(&c->out, S("channel"), m->channel_id);
    json_ts(&c->out, S("ts"), m->ts);
}

/* --- start ---------------------------------------------------------------------------------------------------- */

enum err chat_start_stream_prepare(struct call *c, const struct chat_start_stream_args *a)
{
    struct prepared *p = ARENA_NEW(c->arena, struct prepared);
    struct content_in look = {0};

    if (chat_can_customize(c, false))
        look = (struct content_in){.username = a->username, .icon_emoji = a->icon_emoji, .icon_url = a->icon_url};
    TRY(content_read(c, &look, &p->content));
    TRY(chunks_read(c, a->markdown_text, a->chunks, &p->chunks));
    c->prepared = p;
    return OK;
}

/* Outside of ims the caller tells whom it answers. */
static enum err check_recipient(struct call *c, const struct chat_start_stream_args *a)
{
    bool im = c->channel->kind == CHANNEL_IM, found;
    struct user_row *user;
    struct team_row team;

    if (!a->recipient_team_id.n && !im)
        return ERR_MISSING_RECIPIENT_TEAM_ID;
    if (!a->recipient_user_id.n && !im)
        return ERR_MISSING_RECIPIENT_USER_ID;
    if (a->recipient_team_id.n) {
        TRY(sql_team_get(c->db, c->arena, id_parse_kind(a->recipient_team_id, "T"), &team, &found));
        if (!found || team.deleted || team.org_id != c->who.org)
            return ERR_TEAM_NOT_FOUND;
    }
    if (a->recipient_user_id.n)
        TRY(user_open(c, a->recipient_user_id, &user));
    return OK;
}

enum err chat_start_stream(struct call *c, const struct chat_start_stream_args *a)
{
    const struct prepared *p = c->prepared;
    struct message_draft d = {0};
    struct message_row new = {0}, *m;

    TRY(check_recipient(c, a));
    if (a->has_thread_ts)
        TRY(message_find_thread(c, c->channel, a->thread_ts, &d.thread_ts));
    chat_author(c, &p->content, &d);
    stream_begin(c->arena, &new, d.extra, str_eq(a->task_display_mode, S("plan")));
    TRY(stream_add(c, &new, &p->chunks));
    d.text = new.text;
    d.blocks = new.blocks;
    d.extra = new.extra;
    TRY(message_post(c, c->channel, &d, &m));
    put_place(c, m);
    return OK;
}

/* --- what came is stored -------------------------------------------------------------------------------------- */

static enum err open_stream(struct call *c, int64_t ts, struct message_row **out)
{
    TRY(message_open(c, c->channel, ts, out));
    if ((*out)->bot_id != c->who.bot)
        return ERR_MESSAGE_NOT_OWNED_BY_APP;
    return stream_is_open(*out) ? OK : ERR_MESSAGE_NOT_IN_STREAMING_STATE;
}

static enum err store(struct call *c, const struct message_row *before, const struct message_row *after)
{
    struct str before_json;
    int64_t changed;

    TRY(message_json(c, c->channel, before, &before_json));
    TRY(sql_message_stream_set(c->db, c->arena, after->channel_id, after->ts, after->text, after->blocks,
                               after->metadata, after->extra, &changed));
    TRY(search_index_change(c, c->channel->team_id, c->channel->kind == CHANNEL_PUBLIC, before, after));
    TRY(sql_channel_changed(c->db, c->arena, after->channel_id, &changed));
    return message_emit_changed(c, c->channel, before_json, after);
}

/* --- append --------------------------------------------------------------------------------------------------- */

enum err chat_append_stream_prepare(struct call *c, const struct chat_append_stream_args *a)
{
    struct prepared *p = ARENA_NEW(c->arena, struct prepared);

    TRY(chunks_read(c, a->markdown_text, a->chunks, &p->chunks));
    c->prepared = p;
    return p->chunks.n ? OK : ERR_NO_TEXT;
}

enum err chat_append_stream(struct call *c, const struct chat_append_stream_args *a)
{
    const struct prepared *p = c->prepared;
    struct message_row *before, after;

    TRY(open_stream(c, a->ts, &before));
    after = *before;
    TRY(stream_add(c, &after, &p->chunks));
    TRY(store(c, before, &after));
    put_place(c, &after);
    return OK;
}

/* --- stop ----------------------------------------------------------------------------------------------------- */

enum err chat_stop_stream_prepare(struct call *c, const struct chat_stop_stream_args *a)
{
    struct prepared *p = ARENA_NEW(c->arena, struct prepared);
    struct content_in in = {
        .blocks = a->blocks, .has_blocks = a->has_blocks, .metadata = a->metadata, .has_metadata = a->has_metadata};
    enum err e = content_read(c, &in, &p->content);

    if (e != OK) /* the method lists but one code for blocks */
        return e == ERR_INVALID_BLOCKS_FORMAT ? ERR_INVALID_BLOCKS : e;
    TRY(chunks_read(c, a->markdown_text, a->chunks, &p->chunks));
    chunks_add_blocks(&p->chunks, p->content.blocks);
    c->prepared = p;
    return OK;
}

enum err chat_stop_stream(struct call *c, const struct chat_stop_stream_args *a)
{
    const struct prepared *p = c->prepared;
    struct message_row *before, after;
    struct message_view view;

    TRY(open_stream(c, a->ts, &before));
    after = *before;
    TRY(stream_add(c, &after, &p->chunks));
    if (!after.text.n && !after.blocks.n)
        return ERR_NO_TEXT;
    if (a->has_metadata)
        after.metadata = p->content.metadata;
    stream_end(c->arena, &after);
    TRY(store(c, before, &after));
    put_place(c, &after);
    TRY(message_view_open(c, c->channel, &after, 1, &view));
    view.include_metadata = true;
    return message_put(&view, S("message"), &after);
}
