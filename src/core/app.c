#include "core/app.h"

#include "base/id.h"
#include "base/rand.h"
#include "core/install.h"
#include "core/team.h"

bool app_is_managed(struct call *c, const struct app_row *app)
{
    if (app->owner_id && app->owner_id == c->who.user)
        return true;
    if (app->team_id != c->team && (c->who.team || team_act_in(c, app->team_id) != OK))
        return false;
    return c->who.role >= ROLE_ADMIN;
}

enum err app_manage(struct call *c, struct str id, struct app_row *out)
{
    int64_t app = id_parse_kind(id, "A");
    bool found;

    if (!app)
        return ERR_INVALID_APP_ID;
    TRY(sql_app_get(c->db, c->arena, app, out, &found));
    return found && !out->deleted && out->org_id == c->who.org && app_is_managed(c, out) ? OK : ERR_APP_NOT_FOUND;
}

enum err app_from_manifest(struct call *c, const unsigned char *key, const struct manifest *m, struct str text,
                           struct app_secrets *secrets, int64_t *app)
{
    TRY(app_create(c, 0, m->name, key, secrets, app));
    return install_manifest(c, *app, m->name, text);
}

enum err app_set_manifest(struct call *c, int64_t app, const struct manifest *m, struct str text)
{
    TRY(install_manifest(c, app, m->name, text));
    return install_rename_bots(c, app, m->bot_name.n ? m->bot_name : m->name);
}

enum err app_leave(struct call *c, int64_t app)
{
    int64_t team = c->team, *teams, changed;
    int n;

    TRY(sql_app_teams(c->db, c->arena, app, &teams, &n));
    for (int i = 0; i < n; i++) {
        c->team = teams[i];
        TRY(install_end(c, app, teams[i]));
    }
    c->team = team;
    c->touched_auth = true;
    return sql_app_tokens_revoke(c->db, c->arena, app, 0, c->now_us, &changed);
}

enum err app_delete(struct call *c, int64_t app)
{
    int64_t changed;

    TRY(app_leave(c, app));
    return sql_app_set_deleted(c->db, c->arena, app, &changed);
}

struct str app_authorize_url(struct call *c, struct str client_id, const struct manifest *m)
{
    struct str url =
        ARENA_JOIN(c->arena, c->base_url, S("oauth/v2/authorize?client_id="), client_id, S("&scope="), m->bot_scopes);

    return m->user_scopes.n ? ARENA_JOIN(c->arena, url, S("&user_scope="), m->user_scopes) : url;
}

struct str app_manifest_text(struct call *c, const struct app_row *app)
{
    struct buf b = buf_in(c->arena, app->name.n * 6 + 64);

    if (app->manifest.n)
        return app->manifest;
    buf_str(&b, S("{\"display_information\":{\"name\":"));
    json_quote(&b, app->name);
    buf_str(&b, S("}}"));
    return buf_view(&b);
}

struct str app_unseal(struct arena *a, const unsigned char *key, struct str sealed)
{
    struct str bytes = base64_decode(a, sealed);

    return bytes.p ? secret_open(a, key, bytes) : (struct str){0};
}
