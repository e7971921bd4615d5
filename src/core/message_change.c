#include "core/message_change.h"

#include "core/said.h"
#include "core/search_index.h"
#include "core/touch.h"
#include "events.h"

static enum err store(struct call *c, const struct channel_row *ch, struct str before_json,
                      const struct message_row *before, const struct message_row *after)
{
    int64_t changed;

    TRY(sql_message_edit(c->db, c->arena, after->channel_id, after->ts, after->text, after->blocks, after->attachments,
                         after->metadata, after->edited_by, after->edited_us, &changed));
    TRY(search_index_change(c, ch->team_id, ch->kind == CHANNEL_PUBLIC, before, after));
    TRY(touch_shares(c, ch->team_id, after));
    TRY(sql_channel_changed(c->db, c->arena, after->channel_id, &changed));
    return message_emit_changed(c, ch, before_json, after);
}

enum err message_edit(struct call *c, const struct channel_row *ch, struct str before_json,
                      const struct message_row *before, struct message_row *after)
{
    after->edited_by = c->who.user;
    after->edited_us = c->now_us;
    return store(c, ch, before_json, before, after);
}

enum err message_attach(struct call *c, const struct channel_row *ch, const struct message_row *before,
                        const struct message_row *after)
{
    struct str was = S("");

    if (str_eq(after->attachments, before->attachments))
        return OK;
    if (!c->unheard)
        TRY(message_json(c, ch, before, &was));
    return store(c, ch, was, before, after);
}

enum err message_pin(struct call *c, const struct channel_row *ch, struct message_row *m, bool pinned)
{
    struct message_row before = *m;
    int64_t changed;

    m->pinned = pinned;
    TRY(sql_message_set_pinned(c->db, c->arena, m->channel_id, m->ts, pinned, &changed));
    TRY(sql_channel_pins_add(c->db, c->arena, m->channel_id, pinned ? 1 : -1, &changed));
    return search_index_change(c, ch->team_id, ch->kind == CHANNEL_PUBLIC, &before, m);
}

/* --- deleting ------------------------------------------------------------------------------------------------- */

void file_tell_unshared(struct call *c, const struct message_row *m, const struct file_row *f)
{
    emit_file_unshared(c, &(struct ev_file_unshared){.to = m->channel_id,
                                                     .file_id = f->id,
                                                     .user_id = m->user_id,
                                                     .file = &(struct obj_file_ref){f->id},
                                                     .channel_id = m->channel_id});
}

/* The parent counts anew; the last reply takes the thread with it, and with the thread a parent that was deleted
 * before. */
static enum err uncount_reply(struct call *c, const struct message_row *reply)
{
    struct message_row parent;
    struct thread_row thread;
    struct str users = S("");
    int64_t changed, *ids;
    bool found;
    int n;

    TRY(sql_message_get(c->db, c->arena, reply->channel_id, reply->thread_ts, &parent, &found));
    if (!found)
        return OK;
    TRY(sql_message_thread(c->db, c->arena, parent.channel_id, parent.ts, &thread, &found));
    if (thread.reply_count == 0 && str_eq(parent.subtype, S("tombstone")))
        return sql_message_delete(c->db, c->arena, parent.channel_id, parent.ts, &changed);
    TRY(sql_message_thread_users(c->db, c->arena, parent.channel_id, parent.ts, &ids, &n));
    for (int i = 0; i < n; i++)
        users = message_with_user(c->arena, users, ids[i]);
    return sql_message_parent_set(c->db, c->arena, parent.channel_id, parent.ts, thread.reply_count ? parent.ts : 0,
                                  thread.reply_count, thread.latest_reply, users, &changed);
}

static enum err clear_marks(struct call *c, const struct message_row *m)
{
    int64_t changed;

    TRY(sql_touch_clear(c->db, c->arena, m->channel_id, m->ts, &changed));
    if (m->has_reactions)
        TRY(sql_reaction_clear(c->db, c->arena, m->channel_id, m->ts, &changed));
    if (!m->pinned)
        return OK;
    TRY(sql_pin_remove(c->db, c->arena, m->channel_id, m->ts, &changed));
    return sql_channel_pins_add(c->db, c->arena, m->channel_id, -1, &changed);
}

/* The files that stood in it stay, but not in this conversation. */
static enum err unshare_files(struct call *c, const struct message_row *m)
{
    struct file_row *files;
    int64_t changed;
    int n;

    if (!message_has_files(m))
        return OK;
    TRY(sql_file_of_messages(c->db, c->arena, m->channel_id, m->ts, m->ts, &files, &n));
    TRY(sql_file_share_remove(c->db, c->arena, m->channel_id, m->ts, &changed));
    for (int i = 0; i < n; i++)
        file_tell_unshared(c, m, &files[i]);
    return OK;
}

enum err message_remove(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    int64_t changed;

    TRY(message_emit_deleted(c, ch, m));
    TRY(unshare_files(c, m));
    TRY(said_count_before_removal(c, m));
    TRY(search_index_remove(c, ch->team_id, ch->kind == CHANNEL_PUBLIC, m));
    TRY(clear_marks(c, m));
    if (m->reply_count > 0) /* the thread stays, its beginning says that it is gone */
        TRY(sql_message_tombstone(c->db, c->arena, m->channel_id, m->ts, S("This message was deleted."), slackbot_id(),
                                  &changed));
    else
        TRY(sql_message_delete(c->db, c->arena, m->channel_id, m->ts, &changed));
    if (m->thread_ts && m->thread_ts != m->ts)
        TRY(uncount_reply(c, m));
    return sql_channel_changed(c->db, c->arena, m->channel_id, &changed);
}
