/* taut.webhook.post: what stands behind the address of an incoming webhook.  It posts as its app's bot, into one
 * channel, whether the bot is in it or not. */
#include "args_chat.h"
#include "args_taut.h"
#include "core/channel.h"

static struct chat_post_message_args as_post(const struct taut_webhook_post_args *a)
{
    return (struct chat_post_message_args){
        .attachments = a->attachments,
        .has_attachments = a->has_attachments,
        .blocks = a->blocks,
        .has_blocks = a->has_blocks,
        .link_names = a->link_names,
        .mrkdwn = a->mrkdwn,
        .text = a->text,
        .thread_ts = a->thread_ts,
        .has_thread_ts = a->has_thread_ts,
    };
}

enum err taut_webhook_post_prepare(struct call *c, const struct taut_webhook_post_args *a)
{
    struct chat_post_message_args post = as_post(a);

    return chat_post_message_prepare(c, &post);
}

enum err taut_webhook_post(struct call *c, const struct taut_webhook_post_args *a)
{
    struct chat_post_message_args post = as_post(a);
    struct channel_row *ch = ARENA_NEW(c->arena, struct channel_row);
    int64_t id = 0;
    bool found;

    TRY(sql_webhook_channel(c->db, c->arena, c->who.token, &id, &found));
    TRY(sql_channel_for(c->db, c->arena, id, c->who.user, ch, &found));
    if (!found)
        return ERR_CHANNEL_NOT_FOUND;
    if (ch->archived)
        return ERR_IS_ARCHIVED;
    c->channel = ch;
    return chat_post_message(c, &post);
}
