/* taut.oauth.describe and taut.oauth.approve: what stands behind the authorize pages.  taut.session.create: signing in.
 */
#include <pthread.h>

#include "api/limit.h"
#include "args_taut.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "core/app.h"
#include "core/install.h"
#include "core/password.h"
#include "core/put.h"
#include "core/redirect.h"
#include "core/webhook.h"
#include "net/form.h"
#include "objects.h"

enum { CODE_CHARS = 48, CODE_LIFE_S = 600, SESSION_LIFE_S = 14 * 86400, TRIES_PER_MINUTE = 20, CHOICES_MAX = 2000 };

/* --- what an app asks for ------------------------------------------------------------------------------------- */

/* The arguments that both methods share; the generator makes a struct for each. */
struct ask_in {
    struct str client_id, scope, user_scope, redirect_uri;
    int64_t version;
};

struct ask {
    struct app_row app;
    struct manifest manifest;
    struct str bot_scopes, user_scopes, redirect_uri;
};

/* A list with blanks or commas between, as a comma list without doubles; each has to be one that such tokens can have.
 */
static enum err read_scopes(struct call *c, struct str text, bool bot, struct str *out)
{
    uint64_t seen[SCOPE_WORDS] = {0};
    struct buf b = buf_in(c->arena, text.n + 1);
    size_t i = 0;

    while (i < text.n) {
        size_t end = i;
        enum scope s;
        while (end < text.n && text.p[end] != ',' && text.p[end] != ' ')
            end++;
        if (end > i) {
            s = scope_find(str_of(text.p + i, end - i));
            if (s == SCOPES_N || !scope_is_for(s, bot))
                return ERR_INVALID_SCOPE;
            if (!(seen[s / 64] >> (s % 64) & 1)) {
                if (b.n)
                    buf_char(&b, ',');
                buf_str(&b, scope_name(s));
            }
            seen[s / 64] |= UINT64_C(1) << (s % 64);
        }
        i = end + 1;
    }
    *out = buf_view(&b);
    return OK;
}

/* Classic apps ask in one list; "bot" in it means a bot with the classic rights. */
static enum err read_classic(struct call *c, struct str text, struct ask *out)
{
    struct buf b = buf_in(c->arena, text.n + 16);
    struct str rest = text, piece;

    buf_str(&b, S("identify"));
    while (str_cut(&rest, ',', &piece)) {
        if (str_eq(str_trim(piece), S("bot"))) {
            out->bot_scopes = S("bot");
        } else if (str_trim(piece).n) {
            buf_char(&b, ',');
            buf_str(&b, str_trim(piece));
        }
    }
    return read_scopes(c, buf_view(&b), false, &out->user_scopes);
}

/* An app that has registered no address has nowhere to go back to: who manages it lets it in directly. */
static enum err find_redirect(struct call *c, const struct ask_in *in, struct ask *out)
{
    const struct str_list *known = &out->manifest.redirect_urls;

    out->redirect_uri = in->redirect_uri.n ? in->redirect_uri : known->n ? known->v[0] : S("");
    for (int i = 0; i < known->n; i++)
        if (redirect_covers(known->v[i], out->redirect_uri))
            return OK;
    return known->n == 0 && !out->redirect_uri.n && app_is_managed(c, &out->app) ? OK : ERR_BAD_REDIRECT_URI;
}

static enum err ask_read(struct call *c, const struct ask_in *in, struct ask *out)
{
    bool found;

    *out = (struct ask){0};
    if (!actor_is_whole(&c->who)) /* what a person gave to one app, or to a script, is no way to further scopes */
        return ERR_NOT_ALLOWED_TOKEN_TYPE;
    if (!c->who.team) /* an app enters one workspace, and this token names none */
        return ERR_TEAM_ACCESS_NOT_GRANTED;
    TRY(sql_app_by_client_id(c->db, c->arena, in->client_id, &out->app, &found));
    if (!found || out->app.deleted || out->app.org_id != c->who.org)
        return ERR_INVALID_CLIENT_ID;
    if (!manifest_read(c->arena, out->app.manifest, &out->manifest))
        return ERR_INTERNAL_ERROR;
    TRY(find_redirect(c, in, out));
    if (in->scope.n == 0 && in->user_scope.n == 0)
        return ERR_NO_SCOPES;
    if (in->version == 1)
        return read_classic(c, in->scope, out);
    TRY(read_scopes(c, in->scope, true, &out->bot_scopes));
    return read_scopes(c, in->user_scope, false, &out->user_scopes);
}

static void put_scopes(struct call *c, struct str key, struct str list)
{
    struct str piece;

    json_open(&c->out, key, '[');
    while (str_cut(&list, ',', &piece)) {
        enum scope s = scope_find(piece);
        put_oauth_scope(&c->out, S(""), &(struct obj_oauth_scope){.name = piece, .doc = scope_doc(s)});
    }
    json_close(&c->out, ']');
}

/* --- where a webhook posts ------------------------------------------------------------------------------------ */

static bool wants_webhook(const struct ask *ask)
{
    uint64_t scopes[2][SCOPE_WORDS];

    scope_parse(ask->bot_scopes, scopes[0]);
    scope_parse(ask->user_scopes, scopes[1]);
    return (scopes[0][SCOPE_INCOMING_WEBHOOK / 64] | scopes[1][SCOPE_INCOMING_WEBHOOK / 64]) >>
               (SCOPE_INCOMING_WEBHOOK % 64) &
           1;
}

static enum err put_choices(struct call *c)
{
    struct webhook_choice_row *rows;
    int n;

    TRY(sql_webhook_choices(c->db, c->arena, c->who.team, c->who.user, CHOICES_MAX, &rows, &n));
    json_open(&c->out, S("channels"), '[');
    for (int i = 0; i < n; i++)
        put_oauth_channel(&c->out, S(""),
                          &(struct obj_oauth_channel){
                              .id = rows[i].id, .name = rows[i].name, .is_private = rows[i].kind == CHANNEL_PRIVATE});
    json_close(&c->out, ']');
    return OK;
}

/* The channel chosen; 0 when no webhook is asked for. */
static enum err choose(struct call *c, const struct ask *ask, struct str text, int64_t *channel)
{
    struct webhook_choice_row row;
    bool found;

    *channel = 0;
    if (!wants_webhook(ask))
        return OK;
    *channel = id_parse_kind(text, "CG");
    TRY(sql_webhook_choice(c->db, c->arena, c->who.team, c->who.user, *channel, &row, &found));
    return found ? OK : ERR_CHANNEL_NOT_FOUND;
}

enum err taut_oauth_describe(struct call *c, const struct taut_oauth_describe_args *a)
{
    struct ask ask;

    TRY(ask_read(c, &(struct ask_in){a->client_id, a->scope, a->user_scope, a->redirect_uri, a->version}, &ask));
    put_id(&c->out, S("app_id"), ask.app.id);
    json_str(&c->out, S("app_name"), ask.app.name);
    json_str(&c->out, S("app_description"), ask.manifest.description);
    json_str(&c->out, S("team_name"), c->who.team_name);
    json_str(&c->out, S("user_name"), c->who.user_name);
    put_scopes(c, S("bot_scopes"), ask.bot_scopes);
    put_scopes(c, S("user_scopes"), ask.user_scopes);
    json_str(&c->out, S("redirect_uri"), ask.redirect_uri);
    return wants_webhook(&ask) ? put_choices(c) : OK;
}

static struct str with_query(struct call *c, struct str uri, const char *name, struct str value, struct str state)
{
    return ARENA_JOIN(c->arena, uri, str_chr(uri, '?') < 0 ? S("?") : S("&"), str_c(name), S("="),
                      percent_encode(c->arena, value), S("&state="), percent_encode(c->arena, state));
}

static enum err give_code(struct call *c, const struct taut_oauth_approve_args *a, const struct ask *ask,
                          int64_t channel, struct str *code)
{
    char hash[SHA256_HEX];
    int64_t changed;

    *code = rand_token(c->arena, CODE_CHARS);
    sha256_hex(*code, hash);
    TRY(sql_oauth_code_sweep(c->db, c->arena, c->now_us - (int64_t)CODE_LIFE_S * US_PER_S, &changed));
    return sql_oauth_code_add(c->db, c->arena, str_of(hash, sizeof(hash)), ask->app.id, c->who.team, c->who.user,
                              a->version, ask->bot_scopes, ask->user_scopes, a->redirect_uri, a->code_challenge,
                              c->now_us + (int64_t)CODE_LIFE_S * US_PER_S, channel, &changed);
}

static void put_tokens(struct call *c, struct str token_key, struct str refresh_key, const struct issued *issued)
{
    json_str(&c->out, token_key, issued->token);
    if (issued->refresh.n)
        json_str(&c->out, refresh_key, issued->refresh);
}

/* Without an address to go back to: the tokens go to who asked, who manages the app. */
static enum err let_in(struct call *c, const struct ask *ask, int64_t channel)
{
    bool rotates = ask->manifest.token_rotation;
    struct issued issued;
    struct bot_row bot;
    struct str path;

    TRY(install_note(c, ask->app.id, c->who.user, ask->bot_scopes, ask->user_scopes));
    if (ask->bot_scopes.n) {
        TRY(install_bot_token(c, &ask->app, &ask->manifest, ask->bot_scopes, rotates, &bot, &issued));
        put_tokens(c, S("bot_token"), S("bot_refresh_token"), &issued);
    }
    if (ask->user_scopes.n) {
        TRY(install_user_token(c, ask->app.id, c->who.user, ask->user_scopes, rotates, &issued));
        put_tokens(c, S("user_token"), S("user_refresh_token"), &issued);
    }
    if (!channel)
        return OK;
    TRY(install_bot(c, &ask->app, &ask->manifest, &bot));
    TRY(webhook_create(c, &bot, channel, S(""), &path));
    json_str(&c->out, S("webhook_url"), ARENA_JOIN(c->arena, c->base_url, path));
    return OK;
}

enum err taut_oauth_approve(struct call *c, const struct taut_oauth_approve_args *a)
{
    struct ask ask;
    struct str code;
    int64_t channel;

    TRY(ask_read(c, &(struct ask_in){a->client_id, a->scope, a->user_scope, a->redirect_uri, a->version}, &ask));
    if (!a->approve) {
        if (ask.redirect_uri.n)
            json_str(&c->out, S("redirect"), with_query(c, ask.redirect_uri, "error", S("access_denied"), a->state));
        return OK;
    }
    TRY(choose(c, &ask, a->channel, &channel));
    if (!ask.redirect_uri.n)
        return let_in(c, &ask, channel);
    TRY(give_code(c, a, &ask, channel, &code));
    json_str(&c->out, S("code"), code);
    json_str(&c->out, S("redirect"), with_query(c, ask.redirect_uri, "code", code, a->state));
    return OK;
}

/* --- signing in ----------------------------------------------------------------------------------------------- */

static struct limiter *tries;
static pthread_once_t tries_once = PTHREAD_ONCE_INIT;

static void tries_open(void)
{
    tries = limiter_new();
}

/* Guessing is slow: a few tries a minute for each address and account together. */
static bool may_try(struct call *c, struct str account)
{
    static const struct pace pace = {TRIES_PER_MINUTE, TRIES_PER_MINUTE};
    struct str who = arena_printf(c->arena, "%.*s %.*s", STR_FMT(c->remote_addr), STR_FMT(account));
    int retry_s;

    pthread_once(&tries_once, tries_open);
    return limiter_take(tries, siphash(who), &pace, clock_mono_us(), &retry_s);
}

struct signing {
    struct user_row user;
    int64_t team;
};

/* By e-mail, or by handle in a workspace. */
static enum err find_person(struct call *c, const struct taut_session_create_args *a, int64_t *user, int64_t *team)
{
    bool found;

    *user = *team = 0;
    if (a->team.n) {
        TRY(sql_team_by_domain(c->db, c->arena, a->team, team, &found));
        if (!found)
            return OK;
    }
    TRY(sql_org_id(c->db, c->arena, &c->who.org, &found));
    if (str_chr(a->email, '@') >= 0)
        return sql_user_by_email(c->db, c->arena, c->who.org, utf8_fold(c->arena, a->email), user, &found);
    if (!*team) {
        struct team_row *teams;
        int n;
        TRY(sql_team_list(c->db, c->arena, c->who.org, &teams, &n));
        *team = n ? teams[0].id : 0;
    }
    return sql_user_by_name(c->db, c->arena, *team, a->email, user, &found);
}

/* On the worker, before the lane: comparing a password takes longer than a hundred commits. */
enum err taut_session_create_prepare(struct call *c, const struct taut_session_create_args *a)
{
    struct signing *s = ARENA_NEW(c->arena, struct signing);
    struct str hash = S("");
    int64_t user;
    bool found = false;

    if (!may_try(c, a->email))
        return ERR_RATELIMITED;
    TRY(find_person(c, a, &user, &s->team));
    if (user) {
        TRY(sql_password_get(c->db, c->arena, user, &hash, &found));
        TRY(sql_user_in_team(c->db, c->arena, user, s->team, &s->user, &found));
        if (!s->team) {
            s->team = s->user.team_id;
            TRY(sql_user_in_team(c->db, c->arena, user, s->team, &s->user, &found));
        }
    }
    switch (password_check(hash, a->password)) {
    case PASSWORD_BUSY:
        return ERR_RATELIMITED;
    case PASSWORD_WRONG:
        return ERR_INCORRECT_PASSWORD;
    case PASSWORD_RIGHT:
        break;
    }
    c->prepared = s;
    return s->user.is_member && !s->user.deleted && !s->user.member_deleted ? OK : ERR_INCORRECT_PASSWORD;
}

enum err taut_session_create(struct call *c, const struct taut_session_create_args *a)
{
    const struct signing *s = c->prepared;
    struct token_new t = {.kind = TOKEN_SESSION,
                          .user = s->user.id,
                          .scopes = scope_all_user,
                          .label = S("sign-in"),
                          .expires_us = c->now_us + (int64_t)SESSION_LIFE_S * US_PER_S};
    struct str token;
    int64_t changed;

    (void)a;
    c->team = s->team;
    TRY(sql_count_claim(c->db, c->arena, s->user.id, c->now_us, &changed));
    TRY(token_create(c, &t, &token));
    json_str(&c->out, S("token"), token);
    put_id(&c->out, S("user_id"), s->user.id);
    put_id(&c->out, S("team_id"), s->team);
    return OK;
}
