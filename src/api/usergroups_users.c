/* usergroups.users.*: who is in a group. */
#include <stdlib.h>

#include "api/usergroups.h"
#include "args_usergroups.h"
#include "base/clock.h"
#include "core/put.h"
#include "core/channel.h"
#include "core/notice.h"
#include "events.h"

enum { USERS_MAX = 10000 };

enum err usergroups_users_list(struct call *c, const struct usergroups_users_list_args *a)
{
    struct usergroup_row g;
    int64_t *users;
    int n;

    TRY(usergroups_act_in(c, a->team_id));
    TRY(usergroup_open(c, a->usergroup, &g));
    if (g.deleted_us && !a->include_disabled)
        return ERR_NO_SUCH_SUBTEAM;
    TRY(sql_usergroup_members(c->db, c->arena, g.id, &users, &n));
    json_open(&c->out, S("users"), '[');
    for (int i = 0; i < n; i++)
        put_id(&c->out, S(""), users[i]);
    json_close(&c->out, ']');
    return OK;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Full members who are there: no guests, no bots. */
static enum err may_be_in(struct call *c, int64_t user, bool *may)
{
    struct user_row u;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, &u, &found));
    *may = user && found && u.is_member && !u.deleted && !u.member_deleted && !u.is_bot && u.guest == GUEST_NONE &&
           user != slackbot_id();
    return OK;
}

/* The list as rows, sorted, each once. */
static enum err read_users(struct call *c, const struct str_list *list, int64_t **out, int *n)
{
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, list->n + 1);
    int bad = 0, kept = 0;

    *n = 0;
    if (!list->n)
        return ERR_NO_USERS_PROVIDED;
    if (list->n > USERS_MAX)
        return ERR_SUBTEAM_MAX_USERS_EXCEEDED;
    for (int i = 0; i < list->n; i++) {
        bool may;
        ids[*n] = id_parse_kind(list->v[i], "UW");
        TRY(may_be_in(c, ids[*n], &may));
        *n += may;
        bad += !may;
    }
    if (bad)
        return *n ? ERR_FAILED_FOR_SOME_USERS : ERR_INVALID_USERS;
    qsort(ids, (size_t)*n, sizeof(*ids), by_id);
    for (int i = 0; i < *n; i++)
        if (!i || ids[i] != ids[i - 1])
            ids[kept++] = ids[i];
    *n = kept;
    *out = ids;
    return OK;
}

/* Those of a that are not in b; both sorted. */
static int64_t *without(struct arena *arena, const int64_t *a, int n_a, const int64_t *b, int n_b, int *n)
{
    int64_t *left = ARENA_ARRAY(arena, int64_t, n_a + 1);

    *n = 0;
    for (int i = 0, j = 0; i < n_a; i++) {
        while (j < n_b && b[j] < a[i])
            j++;
        if (j == n_b || b[j] != a[i])
            left[(*n)++] = a[i];
    }
    return left;
}

struct change {
    int64_t *added, *removed;
    int n_added, n_removed;
};

static enum err write_change(struct call *c, const struct usergroup_row *g, const struct change *change)
{
    int64_t changed;

    for (int i = 0; i < change->n_added; i++)
        TRY(sql_usergroup_member_add(c->db, c->arena, g->id, change->added[i], &changed));
    for (int i = 0; i < change->n_removed; i++)
        TRY(sql_usergroup_member_remove(c->db, c->arena, g->id, change->removed[i], &changed));
    return OK;
}

/* New members enter the group's default channels, as far as those are in use and the caller sees them. */
static enum err enter_channels(struct call *c, struct str list, const struct change *change)
{
    int n;
    int64_t *ids = usergroup_ids(c->arena, list, &n);

    for (int i = 0; i < n; i++) {
        struct channel_row *ch;
        enum err e = channel_get(c, ids[i], &ch);
        bool added;
        if (e == ERR_CHANNEL_NOT_FOUND || (e == OK && ch->archived))
            continue;
        TRY(e);
        for (int j = 0; j < change->n_added; j++)
            TRY(notice_join(c, ch, change->added[j], c->who.user, &added));
    }
    return OK;
}

static enum err tell(struct call *c, const struct usergroup_row *g, const struct change *change, int64_t before_us)
{
    struct str object;

    if (c->unheard)
        return OK;
    emit_subteam_members_changed(c, &(struct ev_subteam_members_changed){
                                        .to = g->team_id,
                                        .subteam_id = g->id,
                                        .team_id = g->team_id,
                                        .date_previous_update = before_us / US_PER_S,
                                        .date_update = g->updated_us / US_PER_S,
                                        .added_users = change->added,
                                        .n_added_users = change->n_added,
                                        .added_users_count = change->n_added,
                                        .removed_users = change->removed,
                                        .n_removed_users = change->n_removed,
                                        .removed_users_count = change->n_removed,
                                    });
    TRY(usergroup_json(c, g, &object));
    emit_subteam_updated(c, &(struct ev_subteam_updated){.to = g->team_id, .subteam = object});
    for (int i = 0; i < change->n_added; i++)
        emit_subteam_self_added(c, &(struct ev_subteam_self_added){.to = change->added[i], .subteam_id = g->id});
    for (int i = 0; i < change->n_removed; i++)
        emit_subteam_self_removed(c, &(struct ev_subteam_self_removed){.to = change->removed[i], .subteam_id = g->id});
    return OK;
}

enum err usergroups_users_update(struct call *c, const struct usergroups_users_update_args *a)
{
    struct usergroup_row g;
    int64_t *before, *after, before_us;
    int n_before, n_after;
    struct change change;

    TRY(usergroups_act_in(c, a->team_id));
    TRY(usergroup_open(c, a->usergroup, &g));
    TRY(read_users(c, &a->users, &after, &n_after));
    if (a->has_additional_channels)
        TRY(usergroup_additional(c, &g, &a->additional_channels));
    TRY(sql_usergroup_members(c->db, c->arena, g.id, &before, &n_before));
    change.added = without(c->arena, after, n_after, before, n_before, &change.n_added);
    change.removed = without(c->arena, before, n_before, after, n_after, &change.n_removed);
    TRY(write_change(c, &g, &change));
    before_us = g.updated_us;
    g.users_n = n_after;
    TRY(usergroup_store(c, &g));
    TRY(tell(c, &g, &change, before_us));
    TRY(enter_channels(c, g.channels, &change));
    TRY(enter_channels(c, g.groups, &change));
    return usergroups_answer(c, &g, a->include_count);
}
