/* Tokens of a seed: those it lists, and one for everybody it gave none. */
#include <stdio.h>

#include "base/id.h"
#include "base/rand.h"
#include "core/install.h"
#include "core/webhook.h"
#include "dev_seed.h"

enum { TOKEN_MAX = 200, TAIL = 32, SCOPES_MAX_BYTES = 8192 };

static struct str all_scopes(enum token_kind kind)
{
    return kind == TOKEN_BOT ? scope_all_bot : kind == TOKEN_APP ? scope_all_app : scope_all_user;
}

static bool is_scope(struct str name)
{
    for (int i = 0; i < SCOPES_N; i++)
        if (str_eq(scope_name((enum scope)i), name))
            return true;
    return false;
}

/* A list of scopes; without it all that such a token can have. */
static enum err read_scopes(struct seed *s, const struct spot *up, enum token_kind kind, struct str *out)
{
    struct buf b = buf_in(s->reader.arena, SCOPES_MAX_BYTES);
    struct spot list, item = {0};

    *out = all_scopes(kind);
    TRY(read_list(&s->reader, up, "scopes", &list));
    if (!list.json)
        return OK;
    while (spot_next(&list, &item)) {
        if (item.json->kind != JSON_STRING || !is_scope(item.json->text))
            return read_fault(&s->reader, &item, "there is no such scope");
        if (item.index)
            buf_char(&b, ',');
        buf_str(&b, item.json->text);
    }
    *out = buf_view(&b);
    return OK;
}

static bool is_full(const struct token_new *t)
{
    return str_eq(t->scopes, all_scopes(t->kind));
}

static void keep_first(struct str *to, bool fits, struct str token)
{
    if (fits && !to->n)
        *to = token;
}

/* The tokens that the environment names are the first ones of their kind. */
static void note_token(struct seed *s, const struct thing *t, const struct token_new *token, struct str text)
{
    struct dev_world *w = s->world;
    bool full = is_full(token), here = token->kind == TOKEN_APP || t->team == w->team;
    bool person = here && token->kind == TOKEN_USER && !token->whole_org && !t->deactivated;

    keep_first(&w->admin_token, person && full && t->role >= ROLE_OWNER, text);
    keep_first(&w->user2_token, person && full && t->role == ROLE_MEMBER && t->guest == GUEST_NONE, text);
    keep_first(&w->limited_token, person && str_eq(token->scopes, S("users:read")), text);
    keep_first(&w->guest_token, person && full && t->guest != GUEST_NONE, text);
    keep_first(&w->bot_token, here && full && token->kind == TOKEN_BOT, text);
    keep_first(&w->app_token, token->kind == TOKEN_APP, text);
}

static enum err find_token(struct call *c, struct str text, int64_t *id, bool *found)
{
    char hash[SHA256_HEX];
    struct token_row row;

    sha256_hex(text, hash);
    TRY(sql_token_by_hash(c->db, c->arena, str_of(hash, sizeof(hash)), &row, found));
    *id = *found ? row.id : 0;
    return OK;
}

static enum err revoke(struct call *c, struct str text)
{
    int64_t id, changed;
    bool found;

    TRY(find_token(c, text, &id, &found));
    return sql_token_revoke(c->db, c->arena, id, c->now_us, &changed);
}

/* Makes it, in the workspace of the call; t is the person, bot or app it belongs to. */
static enum err add_token(struct seed *s, struct thing *t, struct token_new *token, bool revoked)
{
    struct str name = arena_printf(s->reader.arena, "%.*s %d", STR_FMT(t->pub.name), s->tokens_n++), text;

    if (!token->text.n)
        token->text = token_text(&s->call, token, made_text(s, "token", name, TAIL));
    TRY(token_create(&s->call, token, &text));
    if (revoked)
        return revoke(&s->call, text);
    note_token(s, t, token, text);
    return OK;
}

static void add_actor(struct seed *s, struct str kind, int64_t id, struct str token)
{
    struct dev_actor *actor = ARENA_NEW(s->reader.arena, struct dev_actor);
    struct dev_name *name = ARENA_NEW(s->reader.arena, struct dev_name);

    *actor = (struct dev_actor){.kind = kind, .token = token};
    *s->actors_tail = actor;
    s->actors_tail = &actor->next;
    *name = (struct dev_name){.name = kind, .id = id, .token = token};
    *s->kinds_tail = name;
    s->kinds_tail = &name->next;
}

static enum err read_text(struct seed *s, const struct spot *up, struct token_new *token)
{
    static const char *const prefixes[] = {[TOKEN_USER] = "xoxp-", [TOKEN_BOT] = "xoxb-", [TOKEN_APP] = "xapp-"};
    struct spot at = spot_key(up, "token");
    struct str bare;
    int64_t id;
    bool found;

    TRY(read_str(&s->reader, up, "token", &token->text));
    if (!at.json)
        return OK;
    bare = token->text;
    if (str_starts(bare, S("xoxe."))) /* as a token that rotates */
        bare = str_skip(bare, 5);
    if (token->text.n > TOKEN_MAX || !str_starts(bare, str_c(prefixes[token->kind])))
        return read_fault(&s->reader, &at, "a token of this kind begins with %s", prefixes[token->kind]);
    TRY(find_token(&s->call, token->text, &id, &found));
    return found ? read_fault(&s->reader, &at, "this token stands there twice") : OK;
}

/* Whose it is: a person's or a bot's, or with "app" alone the app's own. */
static enum err read_owner(struct seed *s, const struct spot *at, struct token_new *token, struct thing **owner)
{
    struct thing *user, *app;

    TRY(read_thing(s, at, "user", THING_PERSON, &user));
    TRY(read_thing(s, at, "app", THING_APP, &app));
    *owner = user ? user : app;
    if (!*owner)
        return read_fault(&s->reader, at, "a token belongs to a \"user\" or an \"app\"");
    token->kind = !user ? TOKEN_APP : user->is_bot ? TOKEN_BOT : TOKEN_USER;
    token->user = user ? user->pub.id : 0;
    token->bot = user ? user->bot : 0;
    token->app = app ? app->pub.id : user->app;
    act_in(s, (*owner)->team);
    return OK;
}

static enum err read_token(struct seed *s, const struct spot *at)
{
    struct token_new token = {.label = S("taut dev")};
    struct str actor = S(""), refresh = S("");
    struct thing *owner;
    bool revoked = false;

    TRY(read_object(&s->reader, at, "user app token scopes actor organization revoked expires refresh"));
    TRY(read_owner(s, at, &token, &owner));
    TRY(read_text(s, at, &token));
    TRY(read_scopes(s, at, token.kind, &token.scopes));
    TRY(read_bool(&s->reader, at, "organization", &token.whole_org));
    TRY(read_bool(&s->reader, at, "revoked", &revoked));
    TRY(read_time(&s->reader, at, "expires", &token.expires_us));
    TRY(read_str(&s->reader, at, "actor", &actor));
    TRY(read_str(&s->reader, at, "refresh", &refresh));
    token.id = id_new('K');
    TRY(add_token(s, owner, &token, revoked));
    if (refresh.n)
        TRY(install_refresh_token(&s->call, token.id, refresh));
    if (actor.n)
        add_actor(s, actor, owner->pub.id, token.text);
    keep_first(&owner->pub.token, !revoked && !token.whole_org && is_full(&token), token.text);
    return OK;
}

/* Who has no token with all scopes gets one. */
static enum err fill_tokens(struct seed *s)
{
    for (struct thing *t = s->things; t; t = t->next) {
        struct token_new token = {.label = S("taut dev"), .app = t->app, .bot = t->bot};
        if (t->pub.token.n || (t->kind != THING_PERSON && t->kind != THING_APP))
            continue;
        token.kind = t->kind == THING_APP ? TOKEN_APP : t->is_bot ? TOKEN_BOT : TOKEN_USER;
        token.scopes = all_scopes(token.kind);
        *(t->kind == THING_APP ? &token.app : &token.user) = t->pub.id;
        act_in(s, t->team);
        TRY(add_token(s, t, &token, false));
        t->pub.token = token.text;
    }
    return OK;
}

enum err seed_tokens(struct seed *s)
{
    TRY(seed_each(s, &s->root, "tokens", read_token));
    return fill_tokens(s);
}

/* --- incoming webhooks ---------------------------------------------------------------------------------------- */

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
            return false;
    return s.n > 0;
}

static enum err read_webhook(struct seed *s, const struct spot *at, const struct thing *bot)
{
    struct spot secret_at = spot_key(at, "secret");
    struct str channel = S("general"), actor = S(""), path, secret = made_text(s, "webhook", bot->pub.name, 24);
    const struct thing *where;
    struct bot_row row;

    TRY(read_object(&s->reader, at, "channel secret actor"));
    TRY(read_str(&s->reader, at, "channel", &channel));
    TRY(read_str(&s->reader, at, "secret", &secret));
    TRY(read_str(&s->reader, at, "actor", &actor));
    where = thing_find(s, THING_CHANNEL, s->call.team, channel);
    if (!where)
        return read_fault(&s->reader, at, "there is no channel '%.*s' in this workspace", STR_FMT(channel));
    if (!is_plain(secret))
        return read_fault(&s->reader, &secret_at, "it is made of letters and digits");
    row = (struct bot_row){.id = bot->bot, .team_id = bot->team, .app_id = bot->app, .user_id = bot->pub.id};
    TRY(webhook_create(&s->call, &row, where->pub.id, secret, &path));
    if (actor.n)
        add_actor(s, actor, bot->pub.id, str_skip(path, sizeof("services/") - 1));
    keep_first(&s->world->webhook_path, true, path);
    return OK;
}

static enum err read_bot_webhook(struct seed *s, const struct spot *bot)
{
    struct spot at;
    struct thing *t;

    TRY(read_map(&s->reader, bot, "webhook", &at));
    TRY(read_thing(s, bot, "name", THING_PERSON, &t));
    act_in(s, t->team);
    return at.json ? read_webhook(s, &at, t) : OK;
}

static enum err read_app_webhooks(struct seed *s, const struct spot *app)
{
    return seed_each(s, app, "bots", read_bot_webhook);
}

enum err seed_webhooks(struct seed *s)
{
    return seed_each(s, &s->root, "apps", read_app_webhooks);
}

/* --- racers --------------------------------------------------------------------------------------------------- */

enum err seed_racers(struct seed *s)
{
    struct dev_world *w = s->world;

    act_in(s, w->team);
    for (; w->n_racers < s->opt->racers; w->n_racers++) {
        struct str name = arena_printf(s->reader.arena, "racer%02d", w->n_racers + 1);
        struct thing t = {.kind = THING_PERSON, .team = w->team, .pub = {.name = name, .id = made_id(s, 'U', name)}};
        struct person_new p = {.id = t.pub.id, .name = name, .real_name = name};
        struct token_new token = {.kind = TOKEN_USER, .user = p.id, .scopes = scope_all_user, .label = S("taut dev")};
        struct thing *racer;
        int64_t id;
        TRY(thing_add(s, &s->root, &t, &racer));
        TRY(person_create(&s->call, &p, &id));
        TRY(add_token(s, racer, &token, false));
        racer->pub.token = w->racers[w->n_racers] = token.text;
    }
    return OK;
}
