#include "core/app_here.h"

#include "base/log.h"

static enum err read_scopes(struct call *c, int64_t app, uint64_t *scopes, bool *any)
{
    struct str *lists;
    uint64_t words[SCOPE_WORDS];
    int n;

    TRY(sql_app_scopes_in_team(c->db, c->arena, app, c->team, &lists, &n));
    for (int i = 0; i < n; i++) {
        scope_parse(lists[i], words);
        for (int w = 0; w < SCOPE_WORDS; w++)
            scopes[w] |= words[w];
    }
    *any = n > 0;
    return OK;
}

enum err app_here_open(struct call *c, int64_t app, struct app_here *out, bool *found)
{
    bool has_bot;

    *out = (struct app_here){0};
    TRY(sql_app_get(c->db, c->arena, app, &out->app, found));
    if (!*found || out->app.deleted) {
        *found = false;
        return OK;
    }
    if (!manifest_read(c->arena, out->app.manifest, &out->manifest)) {
        log_error("manifest_unreadable", "app=%lld", (long long)app);
        return ERR_INTERNAL_ERROR;
    }
    TRY(read_scopes(c, app, out->scopes, found));
    TRY(sql_bot_of_app(c->db, c->arena, app, c->team, &out->bot, &has_bot));
    if (!has_bot)
        out->bot = (struct bot_row){0};
    return OK;
}

enum err app_here_find(struct call *c, bool (*wanted)(void *ctx, const struct manifest *m), void *ctx,
                       struct app_here *out, bool *found)
{
    struct app_in_team_row *apps;
    struct manifest m;
    int n;

    *found = false;
    TRY(sql_apps_in_team(c->db, c->arena, c->team, &apps, &n));
    for (int i = 0; i < n && !*found; i++)
        if (manifest_read(c->arena, apps[i].manifest, &m) && wanted(ctx, &m))
            TRY(app_here_open(c, apps[i].app_id, out, found));
    return OK;
}

struct actor app_here_actor(const struct call *c, const struct app_here *here)
{
    struct actor who = {
        .kind = TOKEN_BOT,
        .user = here->bot.user_id,
        .team = c->team,
        .home = c->team,
        .org = here->app.org_id,
        .app = here->app.id,
        .bot = here->bot.id,
        .is_bot = true,
        .app_name = here->app.name,
    };

    memcpy(who.scopes, here->scopes, sizeof(who.scopes));
    return who;
}

struct app_ask *app_here_ask(struct call *c, const struct app_here *here, enum ask_form form, struct str url)
{
    struct app_ask *ask = ARENA_NEW(c->arena, struct app_ask);

    ask->app = here->app.id;
    ask->form = form;
    ask->socket = here->manifest.socket_mode;
    ask->url = url;
    ask->signing_secret = here->app.signing_secret;
    ask->verification_token = here->app.verification_token;
    return ask;
}
