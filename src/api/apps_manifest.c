/* apps.manifest.*: apps as their makers keep them, in a file. */
#include "args_apps.h"
#include "core/app.h"
#include "core/put.h"
#include "core/team.h"
#include "objects.h"

enum { FAULTS_MAX_BYTES = 60 << 10 };

/* Tokens that apps got from people change no apps, whatever their scopes. */
static enum err may_manage(struct call *c)
{
    return c->who.app ? ERR_NOT_ALLOWED_TOKEN_TYPE : OK;
}

static void put_fault(struct json_out *o, const struct manifest_fault *fault)
{
    put_manifest_error(
        o, S(""),
        &(struct obj_manifest_error){.code = str_c(fault->code), .message = fault->message, .pointer = fault->pointer});
}

/* Those that there is room for; a name in a pointer may be long, but no single fault fills it. */
static struct str fault_list(struct arena *a, const struct manifest_fault *faults)
{
    struct buf b = buf_in(a, FAULTS_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '[');
    for (; faults; faults = faults->next) {
        struct json_out before = o;
        size_t n = b.n;
        if (faults->is_hint)
            continue;
        put_fault(&o, faults);
        if (!b.over && b.n < FAULTS_MAX_BYTES)
            continue;
        o = before;
        b.n = n;
        b.over = false;
    }
    json_close(&o, ']');
    return buf_view(&b);
}

/* invalid_manifest, with the faults beside it. */
static enum err check(struct call *c, const struct json *json, struct manifest *m, const struct manifest_fault **faults)
{
    if (manifest_check(c->arena, json_raw(json), m, faults))
        return OK;
    c->error_list = fault_list(c->arena, *faults);
    return ERR_INVALID_MANIFEST;
}

enum err apps_manifest_create(struct call *c, const struct apps_manifest_create_args *a)
{
    struct app_secrets secrets = {0};
    const struct manifest_fault *faults;
    struct manifest m;
    struct team_row team;
    int64_t app;
    bool found;

    TRY(may_manage(c));
    TRY(team_choose(c, a->team_id));
    TRY(check(c, a->manifest, &m, &faults));
    TRY(app_from_manifest(c, c->key, &m, json_raw(a->manifest), &secrets, &app));
    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    put_id(&c->out, S("app_id"), app);
    put_app_credentials(&c->out, S("credentials"),
                        &(struct obj_app_credentials){.client_id = secrets.client_id,
                                                      .client_secret = secrets.client_secret,
                                                      .verification_token = secrets.verification_token,
                                                      .signing_secret = secrets.signing_secret});
    json_str(&c->out, S("oauth_authorize_url"), app_authorize_url(c, secrets.client_id, &m));
    put_id(&c->out, S("team_id"), c->team);
    json_str(&c->out, S("team_domain"), team.domain);
    return OK;
}

static bool asks_for_others(const struct manifest *old, const struct manifest *m)
{
    uint64_t was[2][SCOPE_WORDS], is[2][SCOPE_WORDS];

    scope_parse(old->bot_scopes, was[0]);
    scope_parse(old->user_scopes, was[1]);
    scope_parse(m->bot_scopes, is[0]);
    scope_parse(m->user_scopes, is[1]);
    return memcmp(was, is, sizeof(was)) != 0;
}

enum err apps_manifest_update(struct call *c, const struct apps_manifest_update_args *a)
{
    const struct manifest_fault *faults;
    struct manifest old, m;
    struct app_row app;

    TRY(may_manage(c));
    TRY(app_manage(c, a->app_id, &app));
    TRY(check(c, a->manifest, &m, &faults));
    if (!manifest_read(c->arena, app.manifest, &old))
        return ERR_INTERNAL_ERROR;
    TRY(app_set_manifest(c, app.id, &m, json_raw(a->manifest)));
    put_id(&c->out, S("app_id"), app.id);
    json_bool(&c->out, S("permissions_updated"), asks_for_others(&old, &m));
    return OK;
}

enum err apps_manifest_validate(struct call *c, const struct apps_manifest_validate_args *a)
{
    const struct manifest_fault *faults;
    struct app_row app;
    struct manifest m;

    TRY(may_manage(c));
    if (a->app_id.n)
        TRY(app_manage(c, a->app_id, &app));
    TRY(check(c, a->manifest, &m, &faults));
    json_open(&c->out, S("errors"), '[');
    json_close(&c->out, ']');
    json_open(&c->out, S("warnings"), '[');
    for (; faults; faults = faults->next) /* hints alone, or it would not have been taken */
        put_fault(&c->out, faults);
    json_close(&c->out, ']');
    return OK;
}

enum err apps_manifest_export(struct call *c, const struct apps_manifest_export_args *a)
{
    struct app_row app;

    TRY(may_manage(c));
    TRY(app_manage(c, a->app_id, &app));
    json_text(&c->out, S("manifest"), app_manifest_text(c, &app));
    return OK;
}

enum err apps_manifest_delete(struct call *c, const struct apps_manifest_delete_args *a)
{
    struct app_row app;

    TRY(may_manage(c));
    TRY(app_manage(c, a->app_id, &app));
    return app_delete(c, app.id);
}
