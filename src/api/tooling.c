/* tooling.tokens.rotate: keeping app configuration tokens fresh. */
#include "args_tooling.h"
#include "core/install.h"
#include "core/put.h"

enum err tooling_tokens_rotate(struct call *c, const struct tooling_tokens_rotate_args *a)
{
    struct refresh_row old;
    struct issued issued;
    bool found;

    TRY(sql_org_id(c->db, c->arena, &c->who.org, &found));
    TRY(install_refresh(c, 0, a->refresh_token, &old, &issued));
    json_str(&c->out, S("token"), issued.token);
    json_str(&c->out, S("refresh_token"), issued.refresh);
    put_id(&c->out, S("team_id"), old.team_id);
    put_id(&c->out, S("user_id"), old.user_id);
    json_int(&c->out, S("iat"), c->now_us / 1000000);
    json_int(&c->out, S("exp"), c->now_us / 1000000 + issued.expires_in_s);
    return OK;
}
