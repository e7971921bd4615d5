#include "api/files_share.h"

#include "core/message_change.h"
#include "events.h"

/* A reply goes to the thread its ts names or stands in. */
static enum err find_thread(struct call *c, const struct channel_row *ch, const struct files_share *s, int64_t *thread)
{
    struct message_row *m;
    enum err e;

    *thread = 0;
    if (!s->has_thread_ts)
        return OK;
    e = message_open(c, ch, s->thread_ts, &m);
    if (e == ERR_MESSAGE_NOT_FOUND || (e == OK && str_eq(m->subtype, S("tombstone"))))
        return ERR_INVALID_THREAD_TS;
    TRY(e);
    *thread = m->thread_ts ? m->thread_ts : m->ts;
    return OK;
}

static void tell_shared(struct call *c, const struct channel_row *ch, const struct file_row *f)
{
    const struct obj_file_ref ref = {f->id};

    if (ch->kind == CHANNEL_PUBLIC)
        emit_file_public(
            c, &(struct ev_file_public){.to = ch->id, .file_id = f->id, .user_id = c->who.user, .file = &ref});
    emit_file_shared(c,
                     &(struct ev_file_shared){
                         .to = ch->id, .file_id = f->id, .user_id = c->who.user, .file = &ref, .channel_id = ch->id});
}

static enum err share_into(struct call *c, struct channel_row *ch, const struct files_share *s, const int64_t *ids)
{
    struct message_draft d = {
        .user = c->who.user,
        .bot = c->who.bot,
        .app = c->who.app,
        .subtype = S("file_share"),
        .text = s->content.text,
        .blocks = s->content.blocks,
        .extra = s->content.extra,
        .files = ids,
        .n_files = s->n,
    };

    TRY(find_thread(c, ch, s, &d.thread_ts));
    TRY(message_post(c, ch, &d, NULL));
    for (int i = 0; i < s->n; i++)
        tell_shared(c, ch, &s->files[i]);
    return OK;
}

enum err files_share(struct call *c, const struct files_share *s)
{
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, s->n);

    for (int i = 0; i < s->n; i++) {
        const struct obj_file_ref ref = {s->files[i].id};
        ids[i] = s->files[i].id;
        emit_file_created(
            c, &(struct ev_file_created){.to = c->who.user, .file_id = ids[i], .user_id = c->who.user, .file = &ref});
    }
    for (int i = 0; i < c->n_channels; i++)
        TRY(share_into(c, c->channels[i], s, ids));
    return OK;
}

/* --- a message that is edited ---------------------------------------------------------------------------------- */

static bool holds(const struct file_row *files, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (files[i].id == id)
            return true;
    return false;
}

static enum err find_files(struct call *c, const struct str_list *ids, struct files_change *change)
{
    struct file_row *files = ARENA_ARRAY(c->arena, struct file_row, ids->n + 1);

    if (ids->n > FILES_MAX)
        return ERR_MAX_FILE_SHARING_EXCEEDED;
    change->after = files;
    for (int i = 0; i < ids->n; i++) {
        struct file_row *f = &files[change->n_after];
        enum err e = file_open(c, ids->v[i], f);
        if (e == ERR_FILE_DELETED)
            return ERR_FILE_IS_DELETED;
        TRY(e);
        if (!holds(files, change->n_after, f->id))
            change->n_after++;
    }
    return OK;
}

enum err files_change_plan(struct call *c, const struct message_row *m, const struct str_list *ids,
                           struct files_change *change)
{
    struct file_row *before;

    *change = (struct files_change){0};
    TRY(sql_file_of_messages(c->db, c->arena, m->channel_id, m->ts, m->ts, &before, &change->n_before));
    change->before = before;
    TRY(find_files(c, ids, change));
    if (change->n_after && m->subtype.n && !message_has_files(m))
        return ERR_UNABLE_TO_SHARE_FILES;
    change->any = change->n_after != change->n_before;
    for (int i = 0; i < change->n_after && !change->any; i++)
        change->any = change->after[i].id != before[i].id;
    return OK;
}

enum err files_change_store(struct call *c, struct message_row *m, const struct files_change *change)
{
    int64_t changed;

    TRY(sql_file_share_remove(c->db, c->arena, m->channel_id, m->ts, &changed));
    for (int i = 0; i < change->n_after; i++)
        TRY(sql_file_share_add(c->db, c->arena, m->channel_id, m->ts, i, change->after[i].id, c->who.user, &changed));
    m->subtype = change->n_after ? S("file_share") : S("");
    TRY(sql_message_set_subtype(c->db, c->arena, m->channel_id, m->ts, m->subtype, &changed));
    for (int i = 0; i < change->n_after; i++)
        if (!holds(change->before, change->n_before, change->after[i].id))
            tell_shared(c, c->channel, &change->after[i]);
    for (int i = 0; i < change->n_before; i++)
        if (!holds(change->after, change->n_after, change->before[i].id))
            file_tell_unshared(c, m, &change->before[i]);
    return OK;
}
