/* `taut app`: apps, their bots and their secrets. */
#include <errno.h>
#include <stdio.h>

#include "base/id.h"
#include "core/app.h"
#include "commands.h"
#include "core/integration_log.h"
#include "core/install.h"
#include "core/webhook.h"
#include "manage.h"

enum { MANIFEST_MAX_BYTES = 1 << 18 };

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

/* Faults and hints, a line each, to standard error. */
static void tell_faults(struct manage *m, struct str path, const struct manifest_fault *faults)
{
    for (; faults; faults = faults->next)
        fprintf(stderr, "%.*s: %s%.*s.\n", STR_FMT(path), faults->is_hint ? "hint: " : "",
                STR_FMT(manifest_fault_text(m->call.arena, faults)));
}

/* The file of --manifest; *text stays empty without one. */
static enum err read_manifest(struct manage *m, struct str *text, struct manifest *out)
{
    struct str path = m->server.settings.manifest;
    const struct manifest_fault *faults;
    char *bytes = arena_bytes(m->call.arena, MANIFEST_MAX_BYTES);
    FILE *f;

    *text = S("");
    *out = (struct manifest){0};
    if (!path.n)
        return OK;
    f = fopen(arena_cstr(m->call.arena, path), "r");
    if (!f)
        return manage_refuse(m, "The manifest %.*s cannot be read: %s.", STR_FMT(path), strerror(errno));
    *text = str_of(bytes, fread(bytes, 1, MANIFEST_MAX_BYTES, f));
    fclose(f);
    if (manifest_check(m->call.arena, *text, out, &faults)) {
        tell_faults(m, path, faults);
        return OK;
    }
    tell_faults(m, path, faults);
    return manage_refuse(m, "The manifest %.*s has faults.", STR_FMT(path));
}

static void tell_secrets(struct manage *m, const struct app_row *app, const struct app_secrets *s,
                         const struct issued *bot, struct str token)
{
    printf("app                 %s\nbot token           %.*s\n", manage_id(m, app->id), STR_FMT(bot->token));
    if (bot->refresh.n)
        printf("refresh token       %.*s\n", STR_FMT(bot->refresh));
    printf("app token           %.*s\nclient id           %.*s\nclient secret       %.*s\n", STR_FMT(token),
           STR_FMT(s->client_id), STR_FMT(s->client_secret));
    printf("signing secret      %.*s\nverification token  %.*s\n", STR_FMT(s->signing_secret),
           STR_FMT(s->verification_token));
    puts("Tokens and the client secret are shown this once, and kept hashed.");
}

/* Installs it in the workspace meant, with the bot's scopes of its manifest, or all. */
static enum err install(struct manage *m, const struct app_row *app, const struct manifest *manifest,
                        struct issued *bot, struct str *app_token)
{
    struct token_new t = {.kind = TOKEN_BOT, .app = app->id, .label = S("shell")};
    struct bot_row row;

    t.scopes = manifest->bot_scopes.n ? manifest->bot_scopes : scope_all_bot;
    TRY(install_bot(&m->call, app, manifest, &row));
    t.bot = row.id;
    t.user = row.user_id;
    TRY(integration_log_install(&m->call, app->id, m->call.who.user, t.scopes));
    TRY(install_token(&m->call, &t, manifest->token_rotation, bot));
    t = (struct token_new){.kind = TOKEN_APP, .app = app->id, .scopes = scope_all_app, .label = S("shell")};
    return token_create(&m->call, &t, app_token);
}

static enum err create(struct manage *m)
{
    struct app_secrets secrets = {0};
    struct manifest manifest;
    struct issued bot;
    struct app_row app;
    struct str text, app_token, name;
    int64_t id;
    bool found;

    TRY(read_manifest(m, &text, &manifest));
    name = m->n_words ? str_c(m->words[0]) : manifest.name;
    if (!name.n)
        return manage_refuse(m, "The app needs a name: taut app create NAME, or --manifest FILE.");
    TRY(app_create(&m->call, 0, name, m->server.key, &secrets, &id));
    TRY(install_manifest(&m->call, id, name, text));
    TRY(sql_app_get(m->call.db, m->call.arena, id, &app, &found));
    TRY(install(m, &app, &manifest, &bot, &app_token));
    tell_secrets(m, &app, &secrets, &bot, app_token);
    return OK;
}

static enum err update(struct manage *m)
{
    struct manifest manifest;
    struct app_row app;
    struct str text;

    TRY(find(m, m->words[0], &app));
    TRY(read_manifest(m, &text, &manifest));
    if (!text.n)
        return manage_refuse(m, "Which manifest?  Give --manifest FILE.");
    return install_manifest(&m->call, app.id, manifest.name, text);
}

static struct str unseal(struct manage *m, struct str sealed)
{
    struct str clear = app_unseal(m->call.arena, m->server.key, sealed);

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

/* Posts into the channel from then on, as the app's bot in the workspace meant. */
static enum err add_webhook(struct manage *m)
{
    struct str name = str_c(m->words[1]), path;
    struct app_row app;
    struct bot_row bot;
    int64_t channel;
    bool found;

    TRY(find(m, m->words[0], &app));
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
    TRY(integration_log(&m->call,
                        &(struct integration_change){
                            .app = app.id, .user = m->call.who.user, .kind = S("removed"), .reason = S("admin")}));
    return sql_app_set_deleted(m->call.db, m->call.arena, app.id, &changed);
}

int app_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list, "", "the apps of the organization", true},
        {"create", 0, 1, create, "[NAME] [--manifest FILE]",
         "a new app with a bot in the workspace; prints its tokens and secrets", false},
        {"update", 1, 1, update, "APP --manifest FILE", "a new manifest; tokens keep the scopes they have", false},
        {"show", 1, 1, show, "APP", "client id, signing secret and verification token; APP is an id or a name", true},
        {"webhook", 2, 2, add_webhook, "APP CHANNEL", "a new address that posts into the channel as the app's bot",
         false},
        {"remove", 1, 1, take_away, "APP", "its tokens stop, its bot is deactivated, its messages stay", false},
        {0},
    };

    return manage_run(COMMAND_APP, "app", verbs, argc, argv);
}
