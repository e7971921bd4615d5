#include "core/webhook.h"

#include "base/id.h"
#include "base/rand.h"
#include "core/integration_log.h"
#include "core/person.h"

enum { SECRET_CHARS = 24 };

enum err webhook_create(struct call *c, const struct bot_row *bot, int64_t channel, struct str secret, struct str *path)
{
    struct token_new token = {
        .kind = TOKEN_BOT,
        .user = bot->user_id,
        .bot = bot->id,
        .app = bot->app_id,
        .scopes = S("incoming-webhook"),
        .label = S("incoming webhook"),
    };
    char team[ID_MAX], id[ID_MAX], hash[SHA256_HEX];
    struct token_row row;
    int64_t changed;
    bool found;

    if (!secret.n)
        secret = rand_token(c->arena, SECRET_CHARS);
    *path = arena_printf(c->arena, "services/%.*s/%.*s/%.*s", (int)id_format(bot->team_id, team), team,
                         (int)id_format(bot->id, id), id, STR_FMT(secret));
    token.text = str_skip(*path, sizeof("services/") - 1);
    TRY(token_create(c, &token, &token.text));
    sha256_hex(token.text, hash);
    TRY(sql_token_by_hash(c->db, c->arena, str_of(hash, sizeof(hash)), &row, &found));
    TRY(sql_webhook_add(c->db, c->arena, row.id, channel, c->who.user, &changed));
    return integration_log(
        c,
        &(struct integration_change){
            .app = bot->app_id, .user = c->who.user, .channel = channel, .kind = S("added"), .scopes = token.scopes});
}

enum err webhook_remove(struct call *c, const struct webhook_row *hook)
{
    int64_t changed;

    TRY(sql_token_revoke(c->db, c->arena, hook->token_id, c->now_us, &changed));
    c->touched_auth = true;
    return integration_log(c, &(struct integration_change){.app = hook->app_id,
                                                           .user = c->who.user,
                                                           .channel = hook->channel_id,
                                                           .kind = S("removed"),
                                                           .scopes = S("incoming-webhook"),
                                                           .reason = S("user")});
}
