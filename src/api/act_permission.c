/* A person answers an app that asked for more scopes. */
#include "api/act.h"

#include "base/id.h"
#include "core/permission.h"

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    int64_t id = id_parse_kind(a->request_id, "Z");
    struct permission_row r;
    bool found = false;

    (void)act;
    if (!actor_is_whole(&c->who)) /* an app that speaks for somebody must not say yes to itself */
        return ERR_NOT_ALLOWED_TOKEN_TYPE;
    if (!a->request_id.n || !a->has_approve)
        return call_invalid(c, "missing required field: %s", a->request_id.n ? "approve" : "request_id");
    if (id)
        TRY(sql_permission_get(c->db, c->arena, id, &r, &found));
    if (!found || r.user_id != c->who.user || r.team_id != c->team)
        return ERR_REQUEST_NOT_FOUND;
    return permission_answer(c, &r, a->approve);
}

const struct act_kind act_permission = {.type = {"permission", 10}, .begin = begin};
