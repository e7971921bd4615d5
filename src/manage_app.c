/* `taut app`: apps, what they say they are, and their secrets. */
#include "manage_app.h"

#include <errno.h>
#include <stdio.h>

#include "base/id.h"
#include "commands.h"

enum { MANIFEST_MAX_BYTES = 1 << 18 };

/* --- looking -------------------------------------------------------------------------------------------------- */

/* How events reach it, in a few words. */
static enum err events_state(struct manage *m, const struct app_row *app, struct str *out)
{
    struct app_url_row url;
    struct manifest manifest;
    bool found;

    *out = S("-");
    if (app->deleted || !manifest_read(m->call.arena, app->manifest, &manifest))
        return OK;
    if (manifest.socket_mode)
        *out = S("Socket Mode");
    if (manifest.socket_mode || !manifest.event_url.n)
        return OK;
    TRY(sql_app_url_of(m->call.db, m->call.arena, app->id, &url, &found));
    *out = !found || !str_eq(url.url, manifest.event_url) ? S("URL not verified")
           : url.disabled_us                              ? S("URL disabled")
                                                          : S("URL verified");
    return OK;
}

/* The domains of the workspaces it is in, blanks between. */
static enum err where(struct manage *m, const struct app_row *app, struct str *out)
{
    struct buf b = buf_in(m->call.arena, 1 << 16);
    struct str *domains;
    int n;

    TRY(sql_app_team_domains(m->call.db, m->call.arena, app->id, &domains, &n));
    for (int i = 0; i < n; i++)
        buf_printf(&b, "%s%.*s", i ? " " : "", STR_FMT(domains[i]));
    *out = b.n ? buf_view(&b) : S("-");
    return OK;
}

static enum err list(struct manage *m)
{
    struct app_row *apps;
    struct str state, in;
    int n;

    TRY(sql_app_list(m->call.db, m->call.arena, m->call.who.org, &apps, &n));
    printf("%-13s %-28s %-16s %-16s %-20s %s\n", "ID", "CLIENT ID", "CREATED", "EVENTS", "INSTALLED IN", "NAME");
    for (int i = 0; i < n; i++) {
        TRY(events_state(m, &apps[i], &state));
        TRY(where(m, &apps[i], &in));
        printf("%-13s %-28.*s %-16s %-16.*s %-20.*s %.*s%s\n", manage_id(m, apps[i].id), STR_FMT(apps[i].client_id),
               manage_time(m, apps[i].created_us), STR_FMT(state), STR_FMT(in), STR_FMT(apps[i].name),
               apps[i].deleted ? " (deleted)" : "");
    }
    return OK;
}

enum err manage_find_app(struct manage *m, const char *text, struct app_row *out)
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

static struct str unseal(struct manage *m, struct str sealed)
{
    struct str clear = app_unseal(m->call.arena, m->server.key, sealed);

    return clear.p ? clear : S("(sealed under another key file)");
}

static enum err show(struct manage *m)
{
    struct str state, in, secret, token;
    struct app_row app;

    TRY(manage_find_app(m, m->words[0], &app));
    secret = unseal(m, app.signing_secret);
    token = unseal(m, app.verification_token);
    TRY(events_state(m, &app, &state));
    TRY(where(m, &app, &in));
    printf("app                 %s\nname                %.*s\nmade by             %s\nclient id           %.*s\n",
           manage_id(m, app.id), STR_FMT(app.name), app.owner_id ? manage_id(m, app.owner_id) : "the shell",
           STR_FMT(app.client_id));
    printf("signing secret      %.*s\nverification token  %.*s\n", STR_FMT(secret), STR_FMT(token));
    printf("events              %.*s\ninstalled in        %.*s\n", STR_FMT(state), STR_FMT(in));
    if (app.manifest.n)
        printf("manifest            %.*s\n", STR_FMT(app.manifest));
    return OK;
}

/* --- changing ------------------------------------------------------------------------------------------------- */

/* Faults and hints, a line each, to standard error. */
static void tell_faults(struct manage *m, struct str path, const struct manifest_fault *faults)
{
    for (; faults; faults = faults->next) {
        struct str text = manifest_fault_text(m->call.arena, faults);
        fprintf(stderr, "%.*s: %s%.*s.\n", STR_FMT(path), faults->is_hint ? "hint: " : "", STR_FMT(text));
    }
}

/* The file of --manifest; *text stays empty without one. */
static enum err read_manifest(struct manage *m, struct str *text, struct manifest *out)
{
    struct str path = m->server.settings.manifest;
    const struct manifest_fault *faults;
    char *bytes = arena_bytes(m->call.arena, MANIFEST_MAX_BYTES);
    bool good;
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
    good = manifest_check(m->call.arena, *text, out, &faults);
    tell_faults(m, path, faults);
    return good ? OK : manage_refuse(m, "The manifest %.*s has faults.", STR_FMT(path));
}

static void tell_secrets(const struct app_secrets *s)
{
    printf("client id           %.*s\nclient secret       %.*s\n", STR_FMT(s->client_id), STR_FMT(s->client_secret));
    printf("signing secret      %.*s\nverification token  %.*s\n", STR_FMT(s->signing_secret),
           STR_FMT(s->verification_token));
    puts("Tokens and the client secret are shown this once, and kept hashed.");
}

static enum err create(struct manage *m)
{
    struct app_secrets secrets = {0};
    struct manifest manifest;
    struct app_row app;
    struct str text, name;
    int64_t id;
    bool found;

    TRY(read_manifest(m, &text, &manifest));
    name = m->n_words ? str_c(m->words[0]) : manifest.name;
    if (!name.n)
        return manage_refuse(m, "The app needs a name: taut app create NAME, or --manifest FILE.");
    TRY(app_create(&m->call, 0, name, m->server.key, &secrets, &id));
    TRY(install_manifest(&m->call, id, name, text));
    TRY(sql_app_get(m->call.db, m->call.arena, id, &app, &found));
    printf("app                 %s\n", manage_id(m, id));
    TRY(manage_install_app(m, &app));
    TRY(manage_app_token(m, &app));
    tell_secrets(&secrets);
    return OK;
}

static enum err update(struct manage *m)
{
    struct manifest manifest;
    struct app_row app;
    struct str text;

    TRY(manage_find_app(m, m->words[0], &app));
    TRY(read_manifest(m, &text, &manifest));
    if (!text.n)
        return manage_refuse(m, "Which manifest?  Give --manifest FILE.");
    return app_set_manifest(&m->call, app.id, &manifest, text);
}

static enum err delete (struct manage *m) {
    struct app_row app;

    TRY(manage_find_app(m, m->words[0], &app));
    return app_delete(&m->call, app.id);
}

int app_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list, "", "the apps of the organization, how events reach them, and where they are installed",
         true},
        {"show", 1, 1, show, "APP", "its secrets, state and manifest; APP is an id or a name", true},
        {"create", 0, 1, create, "[NAME] [--manifest FILE]",
         "a new app with a bot in the workspace; prints its tokens and secrets", false},
        {"update", 1, 1, update, "APP --manifest FILE", "a new manifest; tokens keep the scopes they have", false},
        {"install", 1, 1, app_install, "APP [--org]",
         "lets it into the workspace, or all of the organization, with the scopes of its manifest, or all; prints its "
         "bot token",
         false},
        {"uninstall", 1, 1, app_uninstall, "APP [--org]",
         "it leaves the workspace, or the organization: its tokens stop, its bot is deactivated", false},
        {"token", 1, 1, app_token, "APP", "a new app-level token (Socket Mode)", false},
        {"webhook", 2, 2, app_webhook, "APP CHANNEL", "a new address that posts into the channel as the app's bot",
         false},
        {"delete", 1, 1, delete, "APP", "it leaves all workspaces and is gone; its messages stay", false},
        {0},
    };

    return manage_run(COMMAND_APP, "app", verbs, argc, argv);
}
