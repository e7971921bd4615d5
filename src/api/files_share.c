#include "api/files_share.h"

#include "core/message.h"
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
