/* taut.webhook.post: what stands behind the address of an incoming webhook.  It posts as its app's bot, into one
 * channel, whether the bot is in it or not.  taut.webhook.list and remove: looking after them. */
#include "args_chat.h"
#include "args_taut.h"
#include "base/clock.h"
#include "base/id.h"
#include "core/channel.h"
#include "core/webhook.h"
#include "objects.h"

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

/* --- looking after them --------------------------------------------------------------------------------------- */

static bool may_see(const struct call *c, const struct webhook_row *hook)
{
    return c->who.role >= ROLE_ADMIN || hook->user_id == c->who.user;
}

static void put_hook(struct call *c, const struct webhook_row *hook)
{
    put_webhook(&c->out, S(""),
                &(struct obj_webhook){.id = hook->token_id,
                                      .channel = hook->channel_name,
                                      .user = hook->user_name,
                                      .created = hook->created_us / US_PER_S});
}

enum err taut_webhook_list(struct call *c, const struct taut_webhook_list_args *a)
{
    struct webhook_row *hooks;
    struct bot_row bot;
    struct app_row app;
    struct team_row team;
    bool found;
    int n;

    if (!actor_is_whole(&c->who))
        return ERR_NOT_ALLOWED_TOKEN_TYPE;
    TRY(sql_bot_get(c->db, c->arena, id_parse_kind(a->bot, "B"), &bot, &found));
    if (!found || bot.team_id != c->team)
        return ERR_BOT_NOT_FOUND;
    TRY(sql_app_get(c->db, c->arena, bot.app_id, &app, &found));
    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    TRY(sql_webhooks_of_bot(c->db, c->arena, bot.id, c->team, c->who.user, &hooks, &n));
    json_str(&c->out, S("app_name"), app.name);
    json_str(&c->out, S("team_name"), team.name);
    json_open(&c->out, S("webhooks"), '[');
    for (int i = 0; i < n; i++)
        if (may_see(c, &hooks[i]))
            put_hook(c, &hooks[i]);
    json_close(&c->out, ']');
    return OK;
}

enum err taut_webhook_remove(struct call *c, const struct taut_webhook_remove_args *a)
{
    struct webhook_row hook;
    bool found;

    if (!actor_is_whole(&c->who))
        return ERR_NOT_ALLOWED_TOKEN_TYPE;
    TRY(sql_webhook_get(c->db, c->arena, id_parse_kind(a->webhook, "K"), c->team, &hook, &found));
    if (!found || !may_see(c, &hook))
        return ERR_WEBHOOK_NOT_FOUND;
    return webhook_remove(c, &hook);
}
