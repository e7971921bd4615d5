/* users.profile.get and users.profile.set. */
#include "args_users.h"
#include "base/id.h"
#include "core/profile.h"
#include "core/team.h"
#include "core/user_put.h"

enum { KEYS_MAX = 50 };

enum err users_profile_get(struct call *c, const struct users_profile_get_args *a)
{
    struct user_row *u;

    TRY(user_open(c, a->user, &u));
    if (a->include_labels)
        return profile_put_labelled(c, &c->out, S("profile"), u);
    profile_put(c, &c->out, S("profile"), u);
    return OK;
}

/* A profile is the whole organization's: rank counts where the person is at home, not in a workspace it visits. */
static enum err go_home(struct call *c, struct user_row *u)
{
    bool found;

    if (u->team_id == c->team)
        return OK;
    if (team_act_in(c, u->team_id) != OK || c->team != u->team_id)
        return ERR_NOT_ADMIN;
    return sql_user_in_team(c->db, c->arena, u->id, u->team_id, u, &found);
}

/* Everybody their own; of others an admin, except that only the primary owner may touch another admin's. */
static enum err may_edit(struct call *c, struct user_row *u)
{
    if (u->id == c->who.user)
        return OK;
    TRY(go_home(c, u));
    if (c->who.role < ROLE_ADMIN)
        return u->is_bot ? ERR_NOT_APP_ADMIN : ERR_NOT_ADMIN;
    if (u->role >= ROLE_ADMIN && c->who.role != ROLE_PRIMARY_OWNER)
        return ERR_CANNOT_UPDATE_ADMIN_USER;
    return OK;
}

static enum err apply_all(struct call *c, const struct users_profile_set_args *a, struct user_row *u,
                          struct profile_change *change)
{
    const struct json *key;

    if (!a->profile) {
        struct json value = {.kind = JSON_STRING, .span = 1, .text = a->value};
        if (!a->name.n)
            return ERR_INVALID_PROFILE;
        return profile_apply(c, u, a->name, &value, change);
    }
    if (a->profile->kind != JSON_OBJECT || a->profile->count > KEYS_MAX)
        return ERR_INVALID_PROFILE;
    key = json_child(a->profile);
    for (uint32_t i = 0; i < a->profile->count; i++, key = json_next(json_next(key)))
        TRY(profile_apply(c, u, key->text, json_next(key), change));
    return OK;
}

enum err users_profile_set(struct call *c, const struct users_profile_set_args *a)
{
    struct profile_change change = {0};
    struct user_row *u;

    TRY(user_open(c, a->user, &u));
    TRY(may_edit(c, u));
    TRY(apply_all(c, a, u, &change));
    TRY(profile_settle(c, u, &change));
    if (change.any) {
        u->updated_us = c->now_us;
        TRY(profile_store(c, u, &change));
        profile_tell(c, u, &change);
    }
    profile_put(c, &c->out, S("profile"), u);
    return OK;
}
