#include "core/install.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/integration_log.h"
#include "events.h"

enum { GRACE_S = 3600, REFRESH_CHARS = 48 };

/* A handle made of a name: its letters and digits in lower case. */
static struct str handle_of(struct arena *a, struct str name)
{
    struct buf b = buf_in(a, name.n + 4);

    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        if (ch >= 'A' && ch <= 'Z')
            ch = (char)(ch - 'A' + 'a');
        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9'))
            buf_char(&b, ch);
    }
    return b.n ? buf_view(&b) : S("bot");
}

enum err install_client(struct call *c, struct str id, struct str secret, struct app_row *app, struct manifest *m)
{
    char hash[SHA256_HEX];
    bool found;

    TRY(sql_app_by_client_id(c->db, c->arena, id, app, &found));
    if (!found || app->deleted)
        return ERR_INVALID_CLIENT_ID;
    sha256_hex(secret, hash);
    if (!secret_eq(str_of(hash, sizeof(hash)), app->client_secret_hash))
        return ERR_BAD_CLIENT_SECRET;
    c->who.org = app->org_id;
    return manifest_read(c->arena, app->manifest, m) ? OK : ERR_INTERNAL_ERROR;
}

enum err install_manifest(struct call *c, int64_t app, struct str name, struct str manifest)
{
    struct buf ips = buf_in(c->arena, 1 << 14);
    struct manifest m;
    int64_t changed;

    if (!manifest_read(c->arena, manifest, &m))
        return ERR_INTERNAL_ERROR;
    for (int i = 0; i < m.ip_ranges.n; i++)
        buf_printf(&ips, "%s%.*s", i ? "," : "", STR_FMT(m.ip_ranges.v[i]));
    TRY(sql_app_set_manifest(c->db, c->arena, app, name, manifest, buf_view(&ips), &changed));
    c->touched_auth = true;
    return sql_app_url_forget(c->db, c->arena, app, &changed);
}

/* The server makes the bot, not the app or the person that lets it in. */
static enum err make_bot(struct call *c, int64_t app, struct str name, int64_t *bot, int64_t *user)
{
    struct actor who = c->who;
    enum err e;

    c->who =
        (struct actor){.kind = TOKEN_SESSION, .user = slackbot_id(), .team = c->team, .org = who.org, .is_bot = true};
    e = bot_create(c, app, 0, 0, name, true, bot, user);
    c->who = who;
    return e;
}

enum err install_bot(struct call *c, const struct app_row *app, const struct manifest *m, struct bot_row *out)
{
    struct str name = handle_of(c->arena, m->bot_name.n ? m->bot_name : app->name);
    int64_t bot, user, changed;
    bool found;

    TRY(sql_bot_of_app(c->db, c->arena, app->id, c->team, out, &found));
    if (found)
        return sql_app_bot_returns(c->db, c->arena, out->user_id, c->now_us, &changed);
    TRY(make_bot(c, app->id, name, &bot, &user));
    TRY(install_rename_bots(c, app->id, m->bot_name.n ? m->bot_name : app->name));
    return sql_bot_get(c->db, c->arena, bot, out, &found);
}

static struct str hash_of(struct arena *a, struct str text)
{
    unsigned char hash[SHA256_BYTES];

    sha256(text, hash);
    return hex_of(a, hash, sizeof(hash));
}

enum err install_refresh_token(struct call *c, int64_t token, struct str refresh)
{
    int64_t changed;

    return sql_refresh_add(c->db, c->arena, hash_of(c->arena, refresh), token, &changed);
}

enum err install_token(struct call *c, const struct token_new *t, bool rotates, struct issued *out)
{
    struct token_new token = *t;

    *out = (struct issued){0};
    token.id = id_new('K');
    c->touched_auth = true; /* whom the app hears for */
    if (!rotates)
        return token_create(c, &token, &out->token);
    token.rotates = true;
    token.expires_us = c->now_us + (int64_t)INSTALL_TOKEN_S * US_PER_S;
    out->expires_in_s = INSTALL_TOKEN_S;
    TRY(token_create(c, &token, &out->token));
    out->refresh = ARENA_JOIN(c->arena, S("xoxe-1-"), rand_token(c->arena, REFRESH_CHARS));
    return install_refresh_token(c, token.id, out->refresh);
}

enum err install_note(struct call *c, int64_t app, int64_t user, struct str bot_scopes, struct str user_scopes)
{
    struct str comma = bot_scopes.n && user_scopes.n ? S(",") : S("");

    return integration_log_install(c, app, user, ARENA_JOIN(c->arena, bot_scopes, comma, user_scopes));
}

enum err install_bot_token(struct call *c, const struct app_row *app, const struct manifest *m, struct str scopes,
                           bool rotates, struct bot_row *bot, struct issued *out)
{
    struct token_new t = {.kind = TOKEN_BOT, .app = app->id, .scopes = scopes, .label = S("oauth")};

    TRY(install_bot(c, app, m, bot));
    t.bot = bot->id;
    t.user = bot->user_id;
    return install_token(c, &t, rotates, out);
}

enum err install_user_token(struct call *c, int64_t app, int64_t user, struct str scopes, bool rotates,
                            struct issued *out)
{
    struct token_new t = {.kind = TOKEN_USER, .app = app, .user = user, .scopes = scopes, .label = S("oauth")};

    return install_token(c, &t, rotates, out);
}

enum err install_refresh(struct call *c, int64_t app, struct str refresh, struct refresh_row *old, struct issued *out)
{
    struct str hash = hash_of(c->arena, refresh);
    struct token_new t;
    int64_t used, changed;
    bool found;

    TRY(sql_refresh_get(c->db, c->arena, hash, old, &found));
    if (!found || old->app_id != app || old->revoked_us)
        return ERR_INVALID_REFRESH_TOKEN;
    TRY(sql_refresh_use(c->db, c->arena, hash, c->now_us, &used));
    if (!used)
        return ERR_INVALID_REFRESH_TOKEN;
    TRY(sql_token_expire(c->db, c->arena, old->token_id, c->now_us + (int64_t)GRACE_S * US_PER_S, &changed));
    c->touched_auth = true;
    c->team = old->team_id;
    t = (struct token_new){.kind = (enum token_kind)old->kind,
                           .user = old->user_id,
                           .app = old->app_id,
                           .bot = old->bot_id,
                           .whole_org = old->team_id == 0,
                           .scopes = old->scopes,
                           .label = S("rotation")};
    return install_token(c, &t, true, out);
}

enum err install_rename_bots(struct call *c, int64_t app, struct str name)
{
    int64_t changed;

    TRY(sql_app_bots_rename(c->db, c->arena, app, name, c->now_us, &changed));
    return sql_app_bot_users_rename(c->db, c->arena, app, name, c->now_us, &changed);
}

enum err install_end(struct call *c, int64_t app, int64_t team)
{
    int64_t changed;

    TRY(sql_app_tokens_revoke(c->db, c->arena, app, team, c->now_us, &changed));
    TRY(sql_app_bots_leave(c->db, c->arena, app, team, c->now_us, &changed));
    TRY(sql_app_views_remove(c->db, c->arena, team, app, &changed));
    TRY(sql_app_dialogs_remove(c->db, c->arena, team, app, &changed));
    TRY(sql_app_permissions_remove(c->db, c->arena, team, app, &changed));
    TRY(integration_log(
        c, &(struct integration_change){.app = app, .user = c->who.user, .kind = S("removed"), .reason = S("user")}));
    c->touched_auth = true;
    emit_app_uninstalled(c, &(struct ev_app_uninstalled){.to = app});
    return OK;
}
