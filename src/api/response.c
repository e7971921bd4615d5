/* taut.response.post: what stands behind a response_url. */
#include "args_taut.h"
#include "base/rand.h"
#include "core/response.h"

/* Takes one of its uses; a call that fails gives it back. */
static enum err take_url(struct call *c, struct response_url_row *place)
{
    struct str hash = sha256_text(c->arena, c->token);
    int64_t changed;
    bool found;

    TRY(sql_response_url_use(c->db, c->arena, hash, c->now_us, &changed));
    TRY(sql_response_url_get(c->db, c->arena, hash, place, &found));
    if (!found)
        return ERR_INVALID_AUTH;
    if (!changed)
        return place->expires_us > c->now_us ? ERR_USED_URL : ERR_EXPIRED_URL;
    return OK;
}

static enum err open_place(struct call *c, const struct response_url_row *place, struct app_here *here)
{
    struct channel_row *ch = ARENA_NEW(c->arena, struct channel_row);
    bool found;

    c->team = place->team_id;
    TRY(app_here_open(c, place->app_id, here, &found));
    if (!found)
        return ERR_ACCOUNT_INACTIVE;
    TRY(sql_channel_for(c->db, c->arena, place->channel_id, here->bot.user_id, ch, &found));
    c->channel = ch;
    return found ? OK : ERR_CHANNEL_NOT_FOUND;
}

static bool says_nothing(const struct taut_response_post_args *a)
{
    return !a->text.n && !a->has_blocks && !a->has_attachments && !a->delete_original;
}

enum err taut_response_post(struct call *c, const struct taut_response_post_args *a)
{
    struct response_in in = {
        .content = {.text = a->text,
                    .blocks = a->blocks,
                    .attachments = a->attachments,
                    .metadata = a->metadata,
                    .has_blocks = a->has_blocks,
                    .has_attachments = a->has_attachments,
                    .has_metadata = a->has_metadata,
                    .parse = a->parse,
                    .link_names = a->link_names,
                    .plain = !a->mrkdwn},
        .type = a->response_type,
        .replace = a->replace_original,
        .has_replace = a->has_replace_original,
        .remove = a->delete_original,
        .thread_ts = a->has_thread_ts ? a->thread_ts : 0,
    };
    struct response_url_row place;
    struct app_here here;
    struct message_row *m;

    TRY(take_url(c, &place));
    TRY(open_place(c, &place, &here));
    if (says_nothing(a))
        return ERR_NO_TEXT;
    return response_do(c, c->channel, &here, &place, &in, &m);
}
