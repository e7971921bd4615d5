/* oauth.access, oauth.token, oauth.v2.*: an app trades what the authorize page gave it for tokens (OAuth documentation;
 * RFC 6749). */
#include "args_oauth.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/channel.h"
#include "core/install.h"
#include "core/integration_log.h"
#include "core/put.h"
#include "core/webhook.h"
#include "objects.h"

/* --- who asks ------------------------------------------------------------------------------------------------- */

/* RFC 7636: the challenge is the base64url of the verifier's SHA-256, without padding. */
static bool verifier_fits(struct arena *a, struct str challenge, struct str verifier)
{
    unsigned char hash[SHA256_BYTES];
    struct str text;

    if (challenge.n == 0)
        return verifier.n == 0;
    sha256(verifier, hash);
    text = arena_dup(a, base64_encode(a, str_of((const char *)hash, sizeof(hash))));
    for (size_t i = 0; i < text.n; i++) {
        char *p = (char *)text.p + i;
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    }
    while (str_ends(text, S("=")))
        text.n--;
    return secret_eq(text, challenge);
}

struct exchange_in {
    struct str code, redirect_uri, verifier;
    int version;
    enum err spent; /* what a code that was used before answers */
};

/* Takes the code: nobody can take it again. */
static enum err code_take(struct call *c, const struct app_row *app, const struct exchange_in *in,
                          struct oauth_code_row *out)
{
    char hash[SHA256_HEX];
    struct str key = str_of(hash, sizeof(hash));
    int64_t changed;
    bool found;

    sha256_hex(in->code, hash);
    TRY(sql_oauth_code_get(c->db, c->arena, key, out, &found));
    if (!found || out->app_id != app->id || out->expires_us <= c->now_us)
        return ERR_INVALID_CODE;
    if (out->used_us)
        return in->spent;
    if (out->version != in->version)
        return ERR_OAUTH_AUTHORIZATION_URL_MISMATCH;
    if (!str_eq(out->redirect_uri, in->redirect_uri))
        return ERR_BAD_REDIRECT_URI;
    if (!verifier_fits(c->arena, out->challenge, in->verifier))
        return ERR_INVALID_CODE_VERIFIER;
    TRY(sql_oauth_code_use(c->db, c->arena, key, c->now_us, &changed));
    c->team = out->team_id;
    c->who.user = out->user_id; /* what follows is done for who consented */
    if (!changed)
        return in->spent;
    return install_note(c, app->id, out->user_id, out->bot_scopes, out->user_scopes);
}

static enum err team_name(struct call *c, struct str *out)
{
    struct team_row team;
    bool found;

    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    *out = found ? team.name : S("");
    return OK;
}

/* The webhook that was consented to, if one was: it posts as the app's bot. */
static enum err give_webhook(struct call *c, const struct app_row *app, const struct manifest *m,
                             const struct oauth_code_row *code)
{
    struct obj_incoming_webhook hook = {.channel_id = code->channel_id};
    struct channel_row channel;
    char id[ID_MAX];
    struct bot_row bot;
    struct str path;
    bool found;

    if (!code->channel_id)
        return OK;
    TRY(install_bot(c, app, m, &bot));
    TRY(webhook_create(c, &bot, code->channel_id, S(""), &path));
    TRY(sql_channel_for(c->db, c->arena, code->channel_id, code->user_id, &channel, &found));
    hook.channel = ARENA_JOIN(c->arena, S("#"), channel.name);
    hook.url = ARENA_JOIN(c->arena, c->base_url, path);
    hook.configuration_url = ARENA_JOIN(c->arena, c->base_url, S("services/"), str_of(id, id_format(bot.id, id)));
    put_incoming_webhook(&c->out, S("incoming_webhook"), &hook);
    return OK;
}

/* --- oauth.v2.access ------------------------------------------------------------------------------------------ */

static void put_issued(struct call *c, const struct issued *issued, const char *type, struct str scopes)
{
    json_str(&c->out, S("access_token"), issued->token);
    json_str(&c->out, S("token_type"), str_c(type));
    json_str(&c->out, S("scope"), scopes);
    if (issued->expires_in_s) {
        json_int(&c->out, S("expires_in"), issued->expires_in_s);
        json_str(&c->out, S("refresh_token"), issued->refresh);
    }
}

/* app, workspace and organization, at the end of every v2 reply. */
static enum err put_place(struct call *c, const struct app_row *app)
{
    struct obj_oauth_team team = {.id = c->team};

    put_id(&c->out, S("app_id"), app->id);
    TRY(team_name(c, &team.name));
    if (c->team)
        put_oauth_team(&c->out, S("team"), &team);
    else
        json_null(&c->out, S("team"));
    json_null(&c->out, S("enterprise"));
    json_bool(&c->out, S("is_enterprise_install"), false);
    return OK;
}

static enum err exchange_code(struct call *c, const struct oauth_v2_access_args *a, const struct app_row *app,
                              const struct manifest *m)
{
    struct exchange_in in = {a->code, a->redirect_uri, a->code_verifier, 2, ERR_INVALID_CODE};
    struct oauth_code_row code;
    struct obj_authed_user person = {.expires_in = INT64_MIN};
    struct issued issued;
    struct bot_row bot;

    TRY(code_take(c, app, &in, &code));
    if (code.bot_scopes.n) {
        TRY(install_bot_token(c, app, m, code.bot_scopes, m->token_rotation, &bot, &issued));
        put_issued(c, &issued, "bot", code.bot_scopes);
        put_id(&c->out, S("bot_user_id"), bot.user_id);
    }
    person.id = code.user_id;
    if (code.user_scopes.n) {
        TRY(install_user_token(c, app->id, code.user_id, code.user_scopes, m->token_rotation, &issued));
        person.scope = code.user_scopes;
        person.access_token = issued.token;
        person.token_type = S("user");
        person.refresh_token = issued.refresh;
        if (issued.expires_in_s)
            person.expires_in = issued.expires_in_s;
    }
    put_authed_user(&c->out, S("authed_user"), &person);
    TRY(give_webhook(c, app, m, &code));
    return put_place(c, app);
}

static enum err put_refreshed(struct call *c, const struct app_row *app, const struct refresh_row *old,
                              const struct issued *issued)
{
    put_issued(c, issued, old->kind == TOKEN_BOT ? "bot" : "user", old->scopes);
    put_id(&c->out, old->kind == TOKEN_BOT ? S("bot_user_id") : S("user_id"), old->user_id);
    return put_place(c, app);
}

enum err oauth_v2_access(struct call *c, const struct oauth_v2_access_args *a)
{
    struct refresh_row old;
    struct issued issued;
    struct manifest m;
    struct app_row app;

    TRY(install_client(c, a->client_id, a->client_secret, &app, &m));
    if (!a->grant_type.n || str_eq(a->grant_type, S("authorization_code")))
        return exchange_code(c, a, &app, &m);
    if (!str_eq(a->grant_type, S("refresh_token")))
        return ERR_INVALID_GRANT_TYPE;
    TRY(install_refresh(c, app.id, a->refresh_token, &old, &issued));
    return put_refreshed(c, &app, &old, &issued);
}

/* --- oauth.v2.exchange ---------------------------------------------------------------------------------------- */

enum err oauth_v2_exchange(struct call *c, const struct oauth_v2_exchange_args *a)
{
    char hash[SHA256_HEX];
    struct token_row row;
    struct issued issued;
    struct manifest m;
    struct app_row app;
    int64_t changed;
    bool found;

    TRY(install_client(c, a->client_id, a->client_secret, &app, &m));
    if (!m.token_rotation)
        return ERR_TOKEN_ROTATION_NOT_ENABLED;
    sha256_hex(a->token, hash);
    TRY(sql_token_by_hash(c->db, c->arena, str_of(hash, sizeof(hash)), &row, &found));
    if (!found || row.app_id != app.id || row.revoked_us || (row.kind != TOKEN_BOT && row.kind != TOKEN_USER))
        return ERR_INVALID_TOKEN;
    if (row.expires_us)
        return ERR_TOKEN_ALREADY_EXCHANGED;
    TRY(sql_token_expire(c->db, c->arena, row.id, c->now_us + INT64_C(3600000000), &changed));
    c->touched_auth = true;
    c->team = row.team_id;
    TRY(install_token(c,
                      &(struct token_new){.kind = (enum token_kind)row.kind,
                                          .user = row.user_id,
                                          .app = row.app_id,
                                          .bot = row.bot_id,
                                          .whole_org = row.team_id == 0,
                                          .scopes = row.scopes,
                                          .label = S("rotation")},
                      true, &issued));
    return put_refreshed(c, &app, &(struct refresh_row){.kind = row.kind, .user_id = row.user_id, .scopes = row.scopes},
                         &issued);
}

/* --- the classic exchanges ------------------------------------------------------------------------------------ */

enum err oauth_access(struct call *c, const struct oauth_access_args *a)
{
    struct exchange_in in = {a->code, a->redirect_uri, S(""), 1, ERR_CODE_ALREADY_USED};
    struct oauth_code_row code;
    struct issued person, bot;
    struct bot_row row;
    struct manifest m;
    struct app_row app;
    struct str name;

    TRY(install_client(c, a->client_id, a->client_secret, &app, &m));
    TRY(code_take(c, &app, &in, &code));
    TRY(install_user_token(c, app.id, code.user_id, code.user_scopes, false, &person));
    TRY(team_name(c, &name));
    json_str(&c->out, S("access_token"), person.token);
    json_str(&c->out, S("scope"), code.user_scopes);
    put_id(&c->out, S("user_id"), code.user_id);
    put_id(&c->out, S("team_id"), c->team);
    json_str(&c->out, S("team_name"), name);
    json_null(&c->out, S("enterprise_id"));
    put_id(&c->out, S("app_id"), app.id);
    TRY(give_webhook(c, &app, &m, &code));
    if (!code.bot_scopes.n)
        return OK;
    TRY(install_bot_token(c, &app, &m, code.bot_scopes, false, &row, &bot));
    put_oauth_bot(&c->out, S("bot"),
                  &(struct obj_oauth_bot){.bot_user_id = row.user_id, .bot_access_token = bot.token});
    return OK;
}

/* A comma list as texts. */
static struct str *split(struct arena *a, struct str list, int *n)
{
    struct str *out = ARENA_ARRAY(a, struct str, list.n / 2 + 1), piece;

    *n = 0;
    while (str_cut(&list, ',', &piece))
        out[(*n)++] = piece;
    return out;
}

enum err oauth_token(struct call *c, const struct oauth_token_args *a)
{
    struct exchange_in in = {a->code, a->redirect_uri, S(""), 1, ERR_INVALID_CODE};
    struct obj_oauth_permission everywhere = {.resource_type = S("team")};
    struct oauth_code_row code;
    struct issued issued;
    struct manifest m;
    struct app_row app;
    struct bot_row bot;
    struct str name;

    TRY(install_client(c, a->client_id, a->client_secret, &app, &m));
    TRY(code_take(c, &app, &in, &code));
    TRY(install_bot_token(c, &app, &m, code.user_scopes, false, &bot, &issued));
    TRY(team_name(c, &name));
    everywhere.scopes = split(c->arena, code.user_scopes, &everywhere.n_scopes);
    json_str(&c->out, S("access_token"), issued.token);
    json_str(&c->out, S("token_type"), S("app"));
    put_id(&c->out, S("app_id"), app.id);
    put_id(&c->out, S("app_user_id"), bot.user_id);
    json_str(&c->out, S("team_name"), name);
    put_id(&c->out, S("team_id"), c->team);
    put_id(&c->out, S("authorizing_user_id"), code.user_id);
    put_id(&c->out, S("installer_user_id"), code.user_id);
    json_open(&c->out, S("permissions"), '[');
    put_oauth_permission(&c->out, S(""), &everywhere);
    json_close(&c->out, ']');
    return OK;
}
