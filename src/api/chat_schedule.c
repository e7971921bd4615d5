/* chat.scheduleMessage, scheduledMessages.list, deleteScheduledMessage: saying something later. */
#include "api/chat.h"
#include "args_chat.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/channel.h"
#include "core/job.h"
#include "core/message.h"
#include "core/put.h"
#include "core/scheduled.h"
#include "core/team.h"
#include "objects.h"

enum { TEXT_MAX_CHARS = 40000, AHEAD_MAX_S = 120 * 86400, WINDOW_S = 300, WINDOW_MAX = 30, LOCKED_S = 60 };

enum err chat_schedule_message_prepare(struct call *c, const struct chat_schedule_message_args *a)
{
    struct content *content = ARENA_NEW(c->arena, struct content);
    struct content_in in = {CHAT_CONTENT(a), .text_max = TEXT_MAX_CHARS};

    TRY(content_read(c, &in, content));
    c->prepared = content;
    return content_is_empty(content) ? ERR_NO_TEXT : OK;
}

static enum err check_time(struct call *c, int64_t post_at)
{
    int64_t now_s = c->now_us / US_PER_S, from_us, waiting;
    bool found;

    if (post_at <= now_s)
        return ERR_TIME_IN_PAST;
    if (post_at > now_s + AHEAD_MAX_S)
        return ERR_TIME_TOO_FAR;
    from_us = post_at / WINDOW_S * WINDOW_S * US_PER_S;
    TRY(sql_scheduled_count(c->db, c->arena, c->channel->id, from_us, from_us + WINDOW_S * US_PER_S, &waiting, &found));
    return waiting >= WINDOW_MAX ? ERR_RESTRICTED_TOO_MANY : OK;
}

static void put_delayed(struct call *c, const struct scheduled_row *s)
{
    put_id(&c->out, S("channel"), s->channel_id);
    put_id(&c->out, S("scheduled_message_id"), s->id);
    json_int(&c->out, S("post_at"), s->post_us / US_PER_S);
    put_delayed_message(&c->out, S("message"),
                        &(struct obj_delayed_message){
                            .type = S("delayed_message"),
                            .user = s->user_id,
                            .bot_id = s->bot_id,
                            .app_id = s->app_id,
                            .text = s->text,
                            .blocks = s->blocks,
                            .attachments = s->attachments,
                            .metadata = s->metadata,
                        });
}

enum err chat_schedule_message(struct call *c, const struct chat_schedule_message_args *a)
{
    struct content content = *(const struct content *)c->prepared;
    struct scheduled_row s = {
        .id = id_new(SCHEDULED_KIND),
        .channel_id = c->channel->id,
        .user_id = c->who.user,
        .bot_id = c->who.bot,
        .app_id = c->who.app,
        .outsider = scope_has(&c->who, SCOPE_CHAT_WRITE_PUBLIC),
        .post_us = 0,
    };
    int64_t changed;

    TRY(check_time(c, a->post_at));
    s.post_us = a->post_at * US_PER_S;
    if (a->has_thread_ts)
        TRY(message_find_thread(c, c->channel, a->thread_ts, &s.thread_ts));
    s.broadcast = s.thread_ts && a->reply_broadcast;
    TRY(content_link(c, &content));
    s.text = content.text;
    s.blocks = content.blocks;
    s.attachments = content.attachments;
    s.metadata = content.metadata;
    TRY(sql_scheduled_add(c->db, c->arena, s.id, c->team, s.channel_id, s.user_id, s.bot_id, s.app_id, s.outsider,
                          c->now_us, s.post_us, s.thread_ts, s.broadcast, s.text, s.blocks, s.attachments, s.metadata,
                          &changed));
    TRY(job_set(c, JOB_SCHEDULED, s.id, s.post_us));
    put_delayed(c, &s);
    return OK;
}

/* The conversation of the filter, if the caller may know of it. */
static enum err filter_channel(struct call *c, struct str text, int64_t *id)
{
    struct channel_row *ch;
    enum err e;

    *id = 0;
    if (!text.n)
        return OK;
    e = channel_get(c, id_parse_kind(text, "CGD"), &ch);
    if (e == ERR_CHANNEL_NOT_FOUND)
        return ERR_INVALID_CHANNEL;
    TRY(e);
    *id = ch->id;
    return OK;
}

enum err chat_scheduled_messages_list(struct call *c, const struct chat_scheduled_messages_list_args *a)
{
    int64_t channel, last_us, last_id;
    struct scheduled_row *rows;
    int n;

    TRY(team_choose(c, a->team_id));
    TRY(filter_channel(c, a->channel, &channel));
    TRY(page_cursor(c, a->cursor, "scheduled", &last_us, &last_id));
    TRY(sql_scheduled_list(c->db, c->arena, c->team, c->who.user, c->who.app, channel, a->has_oldest ? a->oldest : 0,
                           a->has_latest ? a->latest : INT64_MAX, last_us, last_id, a->limit + 1, &rows, &n));
    json_open(&c->out, S("scheduled_messages"), '[');
    for (int i = 0; i < n && i < a->limit; i++)
        put_scheduled_message(&c->out, S(""),
                              &(struct obj_scheduled_message){
                                  .id = rows[i].id,
                                  .channel_id = rows[i].channel_id,
                                  .post_at = rows[i].post_us / US_PER_S,
                                  .date_created = rows[i].created_us / US_PER_S,
                                  .text = rows[i].text,
                              });
    json_close(&c->out, ']');
    if (n > a->limit)
        page_next(c, "scheduled", rows[a->limit - 1].post_us, rows[a->limit - 1].id);
    return OK;
}

enum err chat_delete_scheduled_message(struct call *c, const struct chat_delete_scheduled_message_args *a)
{
    struct scheduled_row s;
    int64_t changed;
    bool found;

    TRY(scheduled_open(c, a->scheduled_message_id, &s, &found));
    if (!found || s.channel_id != c->channel->id || s.post_us - c->now_us <= LOCKED_S * US_PER_S)
        return ERR_INVALID_SCHEDULED_MESSAGE_ID;
    TRY(sql_scheduled_remove(c->db, c->arena, s.id, &changed));
    return job_drop(c, JOB_SCHEDULED, s.id);
}
