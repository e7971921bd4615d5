/* usergroups.*: groups of people that can be mentioned at once. */
#include "api/gate.h"
#include "api/usergroups.h"
#include "args_usergroups.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/channel_name.h"
#include "core/team.h"
#include "events.h"
#include "methods.h"

enum { DESCRIPTION_MAX_CHARS = 250 };

enum err usergroups_act_in(struct call *c, struct str team_id)
{
    if (!c->who.team && !team_id.n && method_declares(c->method, ERR_TARGET_TEAM_MUST_BE_SPECIFIED_IN_ORG_CONTEXT))
        return ERR_TARGET_TEAM_MUST_BE_SPECIFIED_IN_ORG_CONTEXT;
    if (team_choose(c, team_id) != OK)
        return declared_or(c, ERR_TARGET_TEAM_NOT_ON_ORG, ERR_TEAM_ACCESS_NOT_GRANTED);
    return c->who.guest == GUEST_NONE ? OK : ERR_USER_IS_RESTRICTED;
}

enum err usergroups_answer(struct call *c, const struct usergroup_row *g, bool count)
{
    struct usergroup_view view;

    TRY(usergroup_view_open(c, g, count, &view));
    usergroup_put(&c->out, S("usergroup"), g, &view);
    return OK;
}

static enum err tell_updated(struct call *c, const struct usergroup_row *g)
{
    struct str object;

    if (c->unheard)
        return OK;
    TRY(usergroup_json(c, g, &object));
    emit_subteam_updated(c, &(struct ev_subteam_updated){.to = g->team_id, .subteam = object});
    return OK;
}

/* What create and update say alike. */
struct settings_in {
    struct str description;
    const struct str_list *channels, *additional;
    bool has_description, has_channels, has_additional, has_section, section;
};

#define SETTINGS_OF(a)                                                                                                 \
    {                                                                                                                  \
        .description = (a)->description, .has_description = (a)->has_description, .channels = &(a)->channels,          \
        .has_channels = (a)->has_channels, .additional = &(a)->additional_channels,                                    \
        .has_additional = (a)->has_additional_channels, .has_section = (a)->has_enable_section,                        \
        .section = (a)->enable_section                                                                                 \
    }

static enum err apply(struct call *c, struct usergroup_row *g, const struct settings_in *in)
{
    if (in->has_description) {
        if (utf8_count(in->description) > DESCRIPTION_MAX_CHARS)
            return ERR_DESCRIPTION_TOO_LONG;
        g->description = in->description;
    }
    if (in->has_channels)
        TRY(usergroup_channels(c, g, in->channels));
    if (in->has_additional)
        TRY(usergroup_additional(c, g, in->additional));
    if (in->has_section)
        g->enable_section = in->section;
    return OK;
}

enum err usergroups_create(struct call *c, const struct usergroups_create_args *a)
{
    struct settings_in in = SETTINGS_OF(a);
    struct usergroup_row g = {.id = id_new('S')};
    struct str object;
    int64_t changed;

    TRY(usergroups_act_in(c, a->team_id));
    g.team_id = c->team;
    g.created_by = g.updated_by = c->who.user;
    g.created_us = g.updated_us = c->now_us;
    TRY(usergroup_name(c, &g, a->name));
    TRY(usergroup_handle(c, &g, a->handle.n ? a->handle : channel_name_repair(c->arena, a->name)));
    TRY(apply(c, &g, &in));
    TRY(sql_usergroup_add(c->db, c->arena, g.id, g.team_id, g.name, g.name_fold, g.handle, g.description, g.channels,
                          g.groups, g.additional, g.enable_section, g.created_by, g.created_us, &changed));
    TRY(usergroup_json(c, &g, &object));
    emit_subteam_created(c, &(struct ev_subteam_created){.to = g.team_id, .subteam = object});
    return usergroups_answer(c, &g, a->include_count);
}

enum err usergroups_update(struct call *c, const struct usergroups_update_args *a)
{
    struct settings_in in = SETTINGS_OF(a);
    struct usergroup_row g;

    TRY(usergroups_act_in(c, a->team_id));
    TRY(usergroup_open(c, a->usergroup, &g));
    if (a->name.n)
        TRY(usergroup_name(c, &g, a->name));
    if (a->handle.n)
        TRY(usergroup_handle(c, &g, a->handle));
    TRY(apply(c, &g, &in));
    TRY(usergroup_store(c, &g));
    TRY(tell_updated(c, &g));
    return usergroups_answer(c, &g, a->include_count);
}

/* Switching it to what it is already changes nothing. */
static enum err switch_to(struct call *c, struct str id, bool on, bool count)
{
    struct usergroup_row g;

    TRY(usergroup_open(c, id, &g));
    if (on != (g.deleted_us == 0)) {
        g.deleted_us = on ? 0 : c->now_us;
        g.deleted_by = on ? 0 : c->who.user;
        TRY(usergroup_store(c, &g));
        TRY(tell_updated(c, &g));
    }
    return usergroups_answer(c, &g, count);
}

enum err usergroups_enable(struct call *c, const struct usergroups_enable_args *a)
{
    TRY(usergroups_act_in(c, a->team_id));
    return switch_to(c, a->usergroup, true, a->include_count);
}

enum err usergroups_disable(struct call *c, const struct usergroups_disable_args *a)
{
    TRY(usergroups_act_in(c, a->team_id));
    return switch_to(c, a->usergroup, false, a->include_count);
}

/* Members come sorted by group: those of one are a run. */
static void find_users(const struct usergroup_member_row *rows, int n, int64_t group, int64_t *ids, int *n_ids)
{
    *n_ids = 0;
    for (int i = 0; i < n; i++)
        if (rows[i].usergroup_id == group)
            ids[(*n_ids)++] = rows[i].user_id;
}

enum err usergroups_list(struct call *c, const struct usergroups_list_args *a)
{
    struct usergroup_member_row *members = NULL;
    struct usergroup_row *groups;
    int n, n_members = 0;

    TRY(usergroups_act_in(c, a->team_id));
    TRY(sql_usergroup_list(c->db, c->arena, c->team, a->include_disabled, &groups, &n));
    if (a->include_users)
        TRY(sql_usergroup_members_of_team(c->db, c->arena, c->team, &members, &n_members));
    json_open(&c->out, S("usergroups"), '[');
    for (int i = 0; i < n; i++) {
        struct usergroup_view view = {.count = a->include_count};
        int64_t *ids = a->include_users ? ARENA_ARRAY(c->arena, int64_t, groups[i].users_n + 1) : NULL;
        if (ids)
            find_users(members, n_members, groups[i].id, ids, &view.n_users);
        view.users = ids;
        usergroup_put(&c->out, S(""), &groups[i], &view);
    }
    json_close(&c->out, ']');
    return OK;
}
