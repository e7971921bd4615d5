/* conversations.archive, unarchive, rename, setTopic, setPurpose, mark: what changes about a conversation. */
#include "api/answer.h"
#include "api/conversations.h"
#include "args_conversations.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/channel_name.h"
#include "core/count.h"
#include "core/notice.h"
#include "core/sight.h"
#include "events.h"

static const struct channel_view full_view = {.reading = true};

/* {"KEY":"VALUE"}, what a notice carries besides its text. */
static struct str one_key(struct call *c, const char *key, struct str value)
{
    struct buf b = buf_in(c->arena, 4096);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, str_c(key), value);
    json_close(&o, '}');
    return buf_view(&b);
}

enum err conversation_archive(struct call *c, struct channel_row *ch)
{
    int64_t changed;

    TRY(notice_post(c, ch, c->who.user, "channel_archive", S("archived the channel"), S("")));
    TRY(count_keep_channel(c, ch, c->now_us));
    TRY(sql_channel_set_archived(c->db, c->arena, ch->id, 1, c->now_us, &changed));
    if (!changed)
        return ERR_ALREADY_ARCHIVED;
    if (ch->kind == CHANNEL_PUBLIC)
        emit_channel_archive(c,
                             &(struct ev_channel_archive){.to = ch->team_id, .channel = ch->id, .user = c->who.user});
    else
        emit_group_archive(c, &(struct ev_group_archive){
                                  .to = ch->id, .channel = ch->id, .user = c->who.user, .actor_id = c->who.user});
    return OK;
}

enum err conversations_archive(struct call *c, const struct conversations_archive_args *a)
{
    (void)a;
    return conversation_archive(c, c->channel);
}

enum err conversations_unarchive(struct call *c, const struct conversations_unarchive_args *a)
{
    struct channel_row *ch = c->channel;
    int64_t changed;
    bool added;

    (void)a;
    TRY(count_keep_channel(c, ch, c->now_us));
    TRY(sql_channel_set_archived(c->db, c->arena, ch->id, 0, c->now_us, &changed));
    if (!changed)
        return ERR_NOT_ARCHIVED;
    ch->archived = 0;
    TRY(notice_post(c, ch, c->who.user, "channel_unarchive", S("un-archived the channel"), S("")));
    if (ch->kind == CHANNEL_PUBLIC)
        emit_channel_unarchive(
            c, &(struct ev_channel_unarchive){.to = ch->team_id, .channel = ch->id, .user = c->who.user});
    else
        emit_group_unarchive(c, &(struct ev_group_unarchive){
                                    .to = ch->id, .channel = ch->id, .user = c->who.user, .actor_id = c->who.user});
    return notice_join(c, ch, c->who.user, 0, &added); /* the caller becomes a member */
}

/* --- name ----------------------------------------------------------------------------------------------------- */

static bool may_rename(const struct call *c)
{
    return c->channel->creator == c->who.user || c->who.role >= ROLE_ADMIN;
}

static enum err tell_renamed(struct call *c, struct channel_row *ch, struct str old)
{
    struct buf b = buf_in(c->arena, 4096);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("old_name"), old);
    json_str(&o, S("name"), ch->name);
    json_close(&o, '}');
    TRY(notice_post(
        c, ch, c->who.user, "channel_name",
        arena_printf(c->arena, "has renamed the channel from \"%.*s\" to \"%.*s\"", STR_FMT(old), STR_FMT(ch->name)),
        buf_view(&b)));
    channel_tell_renamed(c, ch);
    return OK;
}

enum err conversation_rename(struct call *c, struct channel_row *ch, struct str name)
{
    struct str old = ch->name;
    int64_t changed;

    TRY(sql_channel_set_name(c->db, c->arena, ch->id, name, c->now_us, &changed));
    TRY(sql_channel_old_name_add(c->db, c->arena, ch->id, c->now_us, old, &changed));
    ch->name = name;
    return tell_renamed(c, ch, old);
}

enum err conversations_rename(struct call *c, const struct conversations_rename_args *a)
{
    struct channel_row *ch = c->channel;
    struct str name = answer_name(c, a->name, a->validate);
    int64_t other;
    bool taken;

    if (!may_rename(c))
        return ERR_NOT_AUTHORIZED;
    TRY(answer_name_check(c, name));
    TRY(sql_channel_named(c->db, c->arena, ch->team_id, name, &other, &taken));
    if (taken && other != ch->id)
        return ERR_NAME_TAKEN;
    if (!str_eq(ch->name, name))
        TRY(conversation_rename(c, ch, name));
    return answer_channel(c, ch, &full_view);
}

/* --- topic and purpose ---------------------------------------------------------------------------------------- */

enum err conversations_set_topic(struct call *c, const struct conversations_set_topic_args *a)
{
    struct channel_row *ch = c->channel;
    int64_t changed;

    if (utf8_count(a->topic) > CHANNEL_TEXT_MAX)
        return ERR_TOO_LONG;
    TRY(sql_channel_set_topic(c->db, c->arena, ch->id, a->topic, c->who.user, c->now_us, &changed));
    ch->topic = a->topic;
    ch->topic_by = c->who.user;
    ch->topic_us = c->now_us;
    TRY(notice_post(c, ch, c->who.user, "channel_topic",
                    a->topic.n ? arena_printf(c->arena, "set the channel topic: %.*s", STR_FMT(a->topic))
                               : S("cleared the channel topic"),
                    one_key(c, "topic", a->topic)));
    json_str(&c->out, S("topic"), a->topic); /* answers of old hold the text, today's the conversation */
    return answer_channel(c, ch, &full_view);
}

enum err conversations_set_purpose(struct call *c, const struct conversations_set_purpose_args *a)
{
    struct channel_row *ch = c->channel;
    int64_t changed;

    if (utf8_count(a->purpose) > CHANNEL_TEXT_MAX)
        return ERR_TOO_LONG;
    TRY(sql_channel_set_purpose(c->db, c->arena, ch->id, a->purpose, c->who.user, c->now_us, &changed));
    ch->purpose = a->purpose;
    ch->purpose_by = c->who.user;
    ch->purpose_us = c->now_us;
    TRY(notice_post(c, ch, c->who.user, "channel_purpose",
                    a->purpose.n ? arena_printf(c->arena, "set the channel purpose: %.*s", STR_FMT(a->purpose))
                                 : S("cleared the channel purpose"),
                    one_key(c, "purpose", a->purpose)));
    json_str(&c->out, S("purpose"), a->purpose);
    return answer_channel(c, ch, &full_view);
}

/* --- read cursor ---------------------------------------------------------------------------------------------- */

enum err conversations_mark(struct call *c, const struct conversations_mark_args *a)
{
    const struct channel_row *ch = c->channel;

    TRY(count_read_now(c, ch));
    TRY(sight_mark(c, ch, a->ts));
    if (ch->kind == CHANNEL_PUBLIC)
        emit_channel_marked(c, &(struct ev_channel_marked){.to = c->who.user, .channel = ch->id, .ts = a->ts});
    else if (ch->kind == CHANNEL_IM)
        emit_im_marked(c, &(struct ev_im_marked){.to = c->who.user, .channel = ch->id, .ts = a->ts});
    else
        emit_group_marked(c, &(struct ev_group_marked){.to = c->who.user, .channel = ch->id, .ts = a->ts});
    return OK;
}
