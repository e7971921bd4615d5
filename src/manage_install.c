/* `taut app install`, `uninstall`, `token` and `webhook`: apps in a workspace. */
#include <stdio.h>

#include "core/integration_log.h"
#include "core/webhook.h"
#include "manage_app.h"

enum err manage_app_token(struct manage *m, const struct app_row *app)
{
    struct token_new t = {.kind = TOKEN_APP, .app = app->id, .scopes = scope_all_app, .label = S("shell")};
    struct str token;

    TRY(token_create(&m->call, &t, &token));
    printf("app token           %.*s\n", STR_FMT(token));
    return OK;
}

/* The bot of an app of the whole organization belongs to every workspace there is. */
static enum err enter_all(struct manage *m, int64_t bot_user)
{
    int64_t team = m->call.team;
    struct team_row *teams;
    enum err e = OK;
    int n;

    TRY(sql_team_list(m->call.db, m->call.arena, m->call.who.org, &teams, &n));
    for (int i = 0; i < n && e == OK; i++) {
        m->call.team = m->call.who.team = teams[i].id;
        if (teams[i].id != team)
            e = person_enter(&m->call, bot_user, ROLE_MEMBER, GUEST_NONE, true);
    }
    m->call.team = m->call.who.team = team;
    return e;
}

enum err manage_install_app(struct manage *m, const struct app_row *app)
{
    struct token_new t = {.kind = TOKEN_BOT, .app = app->id, .label = S("shell")};
    struct manifest manifest;
    struct issued bot;
    struct bot_row row;

    if (!manifest_read(m->call.arena, app->manifest, &manifest))
        return ERR_INTERNAL_ERROR;
    t.scopes = manifest.bot_scopes.n ? manifest.bot_scopes : scope_all_bot;
    TRY(install_bot(&m->call, app, &manifest, &row));
    t.bot = row.id;
    t.user = row.user_id;
    t.whole_org = m->server.settings.org;
    if (t.whole_org)
        TRY(enter_all(m, row.user_id));
    TRY(integration_log_install(&m->call, app->id, m->call.who.user, t.scopes));
    TRY(install_token(&m->call, &t, manifest.token_rotation, &bot));
    printf("bot token           %.*s\n", STR_FMT(bot.token));
    if (bot.refresh.n)
        printf("refresh token       %.*s\n", STR_FMT(bot.refresh));
    return OK;
}

enum err app_install(struct manage *m)
{
    struct app_row app;

    TRY(manage_find_app(m, m->words[0], &app));
    return manage_install_app(m, &app);
}

enum err app_token(struct manage *m)
{
    struct app_row app;

    TRY(manage_find_app(m, m->words[0], &app));
    return manage_app_token(m, &app);
}

enum err app_uninstall(struct manage *m)
{
    struct app_row app;
    struct str *held;
    int n;

    TRY(manage_find_app(m, m->words[0], &app));
    if (m->server.settings.org)
        return app_leave(&m->call, app.id);
    TRY(sql_app_scopes_in(m->call.db, m->call.arena, app.id, m->call.team, &held, &n));
    if (!n)
        return manage_refuse(m, "The app '%s' is not in this workspace.", m->words[0]);
    return install_end(&m->call, app.id, m->call.team);
}

/* Posts into the channel from then on, as the app's bot in the workspace meant. */
enum err app_webhook(struct manage *m)
{
    struct str name = str_c(m->words[1]), path;
    struct app_row app;
    struct bot_row bot;
    int64_t channel;
    bool found;

    TRY(manage_find_app(m, m->words[0], &app));
    TRY(sql_bot_of_app(m->call.db, m->call.arena, app.id, m->call.team, &bot, &found));
    if (!found)
        return manage_refuse(m, "The app '%s' has no bot in this workspace.", m->words[0]);
    if (str_starts(name, S("#")))
        name = str_skip(name, 1);
    TRY(sql_channel_named(m->call.db, m->call.arena, m->call.team, name, &channel, &found));
    if (!found)
        return manage_refuse(m, "There is no channel '%s' in this workspace.", m->words[1]);
    TRY(webhook_create(&m->call, &bot, channel, S(""), &path));
    printf("/%.*s\nIt stands behind the server's address.  It is shown this once, and kept hashed.\n", STR_FMT(path));
    return OK;
}
