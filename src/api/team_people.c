/* team.billableInfo and migration.exchange: what a workspace's people count as, and what they are called. */
#include "args_migration.h"
#include "args_team.h"
#include "core/channel.h"
#include "core/person.h"
#include "core/put.h"
#include "core/team.h"
#include "core/user_put.h"
#include "objects.h"

static void put_billable_of(struct call *c, const struct user_row *u)
{
    bool active = !u->deleted && !u->member_deleted && person_has_seat(u->guest);
    char id[ID_MAX];

    put_billable(&c->out, str_of(id, id_format(u->id, id)), &(struct obj_billable){active});
}

static bool has_seat(const struct user_row *u)
{
    return !u->is_bot && u->id != slackbot_id();
}

static enum err put_page(struct call *c, struct str cursor, int64_t limit)
{
    int64_t after, unused;
    struct user_row *rows;
    int n;

    TRY(page_cursor(c, cursor, "billable", &after, &unused));
    TRY(sql_users_page(c->db, c->arena, c->team, after, limit + 1, &rows, &n));
    json_open(&c->out, S("billable_info"), '{');
    for (int i = 0; i < n && i < limit; i++)
        if (has_seat(&rows[i]))
            put_billable_of(c, &rows[i]);
    json_close(&c->out, '}');
    if (n > limit)
        page_next(c, "billable", rows[limit - 1].id, 0);
    return OK;
}

enum err team_billable_info(struct call *c, const struct team_billable_info_args *a)
{
    struct user_row *u;

    TRY(team_choose(c, a->team_id));
    if (c->who.role < ROLE_ADMIN)
        return ERR_NO_PERMISSION;
    if (!a->user.n)
        return put_page(c, a->cursor, a->limit);
    TRY(user_open(c, a->user, &u));
    if (!has_seat(u))
        return ERR_USER_NOT_FOUND;
    json_open(&c->out, S("billable_info"), '{');
    put_billable_of(c, u);
    json_close(&c->out, '}');
    return OK;
}

static bool is_twice(const struct str_list *l, int at)
{
    for (int i = 0; i < at; i++)
        if (str_eq(l->v[i], l->v[at]))
            return true;
    return false;
}

/* People have one id in the whole organization: both directions are the same. */
enum err migration_exchange(struct call *c, const struct migration_exchange_args *a)
{
    struct str *unknown = arena_alloc(c->arena, (size_t)(a->users.n + 1) * sizeof(*unknown));
    int n_unknown = 0;

    TRY(team_choose(c, a->team_id));
    put_id(&c->out, S("team_id"), c->team);
    put_id(&c->out, S("enterprise_id"), c->who.org);
    json_open(&c->out, S("user_id_map"), '{');
    for (int i = 0; i < a->users.n; i++) {
        struct str id = a->users.v[i];
        struct user_row *u;
        enum err e = id.n ? user_open(c, id, &u) : ERR_USER_NOT_FOUND;
        if (is_twice(&a->users, i))
            continue;
        if (e == ERR_USER_NOT_FOUND) {
            unknown[n_unknown++] = id;
            continue;
        }
        TRY(e);
        json_str(&c->out, id, id);
    }
    json_close(&c->out, '}');
    if (!n_unknown)
        return OK;
    json_open(&c->out, S("invalid_user_ids"), '[');
    for (int i = 0; i < n_unknown; i++)
        json_str(&c->out, S(""), unknown[i]);
    json_close(&c->out, ']');
    return OK;
}
