/* api.test, auth.*: who the token is, and giving it back. */
#include "args_api.h"
#include "args_auth.h"
#include "core/install.h"
#include "core/integration_log.h"
#include "core/team_put.h"
#include "core/put.h"
#include "events.h"

enum err auth_test(struct call *c, const struct auth_test_args *a)
{
    const struct actor *who = &c->who;

    (void)a;
    json_str(&c->out, S("url"), c->base_url);
    json_str(&c->out, S("team"), who->team_name);
    json_str(&c->out, S("user"), who->user_name);
    put_id(&c->out, S("team_id"), who->team ? who->team : who->org);
    put_id(&c->out, S("user_id"), who->user);
    put_id(&c->out, S("bot_id"), who->bot);
    if (who->kind == TOKEN_APP) {
        put_id(&c->out, S("app_id"), who->app);
        json_str(&c->out, S("app_name"), who->app_name);
    }
    if (!who->team)
        put_id(&c->out, S("enterprise_id"), who->org);
    json_bool(&c->out, S("is_enterprise_install"), who->team == 0);
    if (who->expires_us)
        json_int(&c->out, S("expires_in"), (who->expires_us - c->now_us) / 1000000);
    return OK;
}

/* {"oauth":[…],"bot":[…]}: whose tokens are gone. */
static struct str revoked_json(struct call *c)
{
    char id[ID_MAX];
    struct str user = str_of(id, id_format(c->who.user, id));

    return arena_printf(c->arena,
                        c->who.is_bot ? "{\"oauth\":[],\"bot\":[\"%.*s\"]}" : "{\"oauth\":[\"%.*s\"],\"bot\":[]}",
                        STR_FMT(user));
}

enum err auth_revoke(struct call *c, const struct auth_revoke_args *a)
{
    int64_t changed, left;
    bool found;

    if (a->test) {
        json_bool(&c->out, S("revoked"), false);
        return OK;
    }
    TRY(sql_token_revoke(c->db, c->arena, c->who.token, c->now_us, &changed));
    c->touched_auth = true;
    json_bool(&c->out, S("revoked"), changed > 0);
    if (!changed || !c->who.app)
        return OK;
    emit_tokens_revoked(c, &(struct ev_tokens_revoked){.to = c->who.app, .tokens = revoked_json(c)});
    TRY(sql_app_user_tokens(c->db, c->arena, c->who.app, c->who.team, &left, &found));
    if (c->who.kind != TOKEN_USER || left > 0)
        return integration_log(c, &(struct integration_change){.app = c->who.app,
                                                               .user = c->who.user,
                                                               .kind = S("disabled"),
                                                               .scopes = c->who.scope_text,
                                                               .reason = S("deauth")});
    return install_end(c, c->who.app, c->who.team); /* the last person's token takes the installation with it */
}

enum err auth_teams_list(struct call *c, const struct auth_teams_list_args *a)
{
    struct team_row *teams;
    int64_t after, unused;
    int n;

    TRY(page_cursor(c, a->cursor, "teams", &after, &unused));
    /* A workspace's token may use that workspace alone. */
    if (c->who.team)
        TRY(sql_team_only(c->db, c->arena, c->who.team, after, &teams, &n));
    else
        TRY(sql_teams_of_user(c->db, c->arena, c->who.user, after, a->limit + 1, &teams, &n));
    json_open(&c->out, S("teams"), '[');
    for (int i = 0; i < n && i < a->limit; i++) {
        struct obj_team_short t = {.id = teams[i].id, .name = teams[i].name};
        if (a->include_icon)
            t.icon = team_icon_of(c, &teams[i]);
        put_team_short(&c->out, S(""), &t);
    }
    json_close(&c->out, ']');
    if (n > a->limit)
        page_next(c, "teams", teams[a->limit - 1].id, 0);
    return OK;
}
