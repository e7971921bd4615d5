/* `taut app`: apps, their bots and their secrets. */
#include <stdio.h>

#include "base/id.h"
#include "base/rand.h"
#include "commands.h"
#include "core/person.h"
#include "manage.h"
#include "sql.h"

static enum err list(struct manage *m)
{
    struct app_row *apps;
    int n;

    TRY(sql_app_list(m->call.db, m->call.arena, m->call.who.org, &apps, &n));
    printf("%-13s %-28s %-16s %s\n", "ID", "CLIENT ID", "CREATED", "NAME");
    for (int i = 0; i < n; i++)
        printf("%-13s %-28.*s %-16s %.*s%s\n", manage_id(m, apps[i].id), STR_FMT(apps[i].client_id),
               manage_time(m, apps[i].created_us), STR_FMT(apps[i].name), apps[i].deleted ? " (removed)" : "");
    return OK;
}

/* By id or by name; the newest of several that share a name. */
static enum err find(struct manage *m, const char *text, struct app_row *out)
{
    int64_t id = id_parse_kind(str_c(text), "A");
    struct app_row *apps;
    int n;

    TRY(sql_app_list(m->call.db, m->call.arena, m->call.who.org, &apps, &n));
    for (int i = n - 1; i >= 0; i--)
        if (!apps[i].deleted && ((id && apps[i].id == id) || str_eq(apps[i].name, str_c(text)))) {
            *out = apps[i];
            return OK;
        }
    return manage_refuse(m, "There is no app '%s'; 'taut app list' shows them.", text);
}

/* A handle made of the app's name: letters and digits, lower case. */
static struct str bot_name(struct arena *a, struct str name)
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

static enum err create(struct manage *m)
{
    struct token_new t = {.kind = TOKEN_BOT, .scopes = scope_all_bot, .label = S("shell")};
    struct app_secrets secrets = {0};
    struct call *c = &m->call;
    struct str name = str_c(m->words[0]), bot, app;

    TRY(app_create(c, 0, name, m->server.key, &secrets, &t.app));
    TRY(bot_create(c, t.app, 0, 0, bot_name(c->arena, name), false, &t.bot, &t.user));
    TRY(token_create(c, &t, &bot));
    t = (struct token_new){.kind = TOKEN_APP, .app = t.app, .scopes = scope_all_app, .label = S("shell")};
    TRY(token_create(c, &t, &app));
    printf("app                 %s\nbot token           %.*s\napp token           %.*s\n", manage_id(m, t.app),
           STR_FMT(bot), STR_FMT(app));
    printf("client id           %.*s\nclient secret       %.*s\nsigning secret      %.*s\nverification token  %.*s\n",
           STR_FMT(secrets.client_id), STR_FMT(secrets.client_secret), STR_FMT(secrets.signing_secret),
           STR_FMT(secrets.verification_token));
    puts("Tokens and the client secret are shown this once, and kept hashed.");
    return OK;
}

static struct str unseal(struct manage *m, struct str sealed)
{
    struct str bytes = base64_decode(m->call.arena, sealed), clear = S("");

    if (bytes.p)
        clear = secret_open(m->call.arena, m->server.key, bytes);
    return clear.p ? clear : S("(sealed under another key file)");
}

static enum err show(struct manage *m)
{
    struct app_row app;

    TRY(find(m, m->words[0], &app));
    printf("app                 %s\nname                %.*s\nclient id           %.*s\n", manage_id(m, app.id),
           STR_FMT(app.name), STR_FMT(app.client_id));
    printf("signing secret      %.*s\nverification token  %.*s\n", STR_FMT(unseal(m, app.signing_secret)),
           STR_FMT(unseal(m, app.verification_token)));
    return OK;
}

static enum err take_away(struct manage *m)
{
    struct app_row app;
    struct bot_row bot;
    int64_t changed;
    bool found;

    TRY(find(m, m->words[0], &app));
    TRY(sql_bot_of_app(m->call.db, m->call.arena, app.id, m->call.team, &bot, &found));
    if (found)
        TRY(sql_user_set_deleted(m->call.db, m->call.arena, bot.user_id, 1, m->call.now_us, &changed));
    return sql_app_set_deleted(m->call.db, m->call.arena, app.id, &changed);
}

int app_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list, "", "the apps of the organization", true},
        {"create", 1, 1, create, "NAME", "a new app with a bot in the workspace; prints its tokens and secrets", false},
        {"show", 1, 1, show, "APP", "client id, signing secret and verification token; APP is an id or a name", true},
        {"remove", 1, 1, take_away, "APP", "its tokens stop, its bot is deactivated, its messages stay", false},
        {0},
    };

    return manage_run(COMMAND_APP, "app", verbs, argc, argv);
}
