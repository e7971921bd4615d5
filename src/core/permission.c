#include "core/permission.h"

#include "base/clock.h"
#include "base/id.h"
#include "events.h"

/* --- scopes --------------------------------------------------------------------------------------------------- */

enum resource permission_resource(struct str scope)
{
    static const struct {
        struct str head;
        enum resource resource;
    } heads[] = {{{"channels:", 9}, RESOURCE_CHANNEL},
                 {{"groups:", 7}, RESOURCE_GROUP},
                 {{"im:", 3}, RESOURCE_IM},
                 {{"mpim:", 5}, RESOURCE_MPIM}};

    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
        if (str_starts(scope, heads[i].head))
            return heads[i].resource;
    return RESOURCE_TEAM;
}

static void add(struct buf *b, struct str scope)
{
    if (str_in_list(buf_view(b), ',', scope))
        return;
    if (b->n)
        buf_char(b, ',');
    buf_str(b, scope);
}

enum err permission_read(struct call *c, struct str text, struct str *list)
{
    struct buf b = buf_in(c->arena, text.n + 1);
    unsigned kinds = 0;
    struct str piece;

    while (str_cut(&text, ',', &piece)) {
        struct str name = str_trim(piece);
        enum scope s = scope_find(name);
        enum resource r = permission_resource(name);
        if (s == SCOPES_N || !scope_is_for(s, c->who.kind == TOKEN_BOT))
            return ERR_INVALID_SCOPE;
        if (r != RESOURCE_TEAM)
            kinds |= 1u << r;
        add(&b, name);
    }
    *list = buf_view(&b);
    if (!list->n)
        return ERR_INVALID_SCOPE;
    return kinds & (kinds - 1) ? ERR_MIXED_SCOPE : OK;
}

/* --- asking --------------------------------------------------------------------------------------------------- */

enum err permission_ask(struct call *c, struct str scopes, const struct trigger_row *trigger, struct str trigger_id)
{
    struct user_row u;
    int64_t changed;
    bool found;

    if (!c->who.is_bot && c->who.user != trigger->user_id) /* nobody else can give away what is this person's */
        return ERR_INVALID_USER;
    TRY(sql_user_in_team(c->db, c->arena, trigger->user_id, trigger->team_id, &u, &found));
    if (!found || !u.is_member || u.deleted || u.member_deleted || u.guest != GUEST_NONE)
        return ERR_INVALID_USER;
    TRY(sql_permission_sweep(c->db, c->arena, c->now_us - (int64_t)PERMISSION_LIFE_S * US_PER_S, &changed));
    return sql_permission_add(c->db, c->arena, id_new('Z'), trigger->team_id, trigger->app_id, trigger->user_id,
                              c->who.token, scopes, trigger_id, c->now_us, &changed);
}

/* --- answering ------------------------------------------------------------------------------------------------ */

/* A comma list as JSON. */
static struct str list_json(struct call *c, struct str list)
{
    struct buf b = buf_in(c->arena, 4 * list.n + 16);
    struct json_out o = {.b = &b};
    struct str piece;

    json_open(&o, S(""), '[');
    while (str_cut(&list, ',', &piece))
        json_str(&o, S(""), piece);
    json_close(&o, ']');
    return buf_view(&b);
}

static enum err grow(struct call *c, const struct permission_row *r)
{
    struct str scopes, rest = r->scopes, piece;
    int64_t changed;
    struct buf b;
    bool found;

    TRY(sql_token_scopes(c->db, c->arena, r->token_id, &scopes, &found));
    if (!found) /* it was revoked meanwhile */
        return OK;
    b = buf_in(c->arena, scopes.n + rest.n + 2);
    buf_str(&b, scopes);
    while (str_cut(&rest, ',', &piece))
        add(&b, piece);
    c->touched_auth = true;
    return sql_token_set_scopes(c->db, c->arena, r->token_id, buf_view(&b), &changed);
}

enum err permission_answer(struct call *c, const struct permission_row *r, bool approve)
{
    struct str scopes = list_json(c, r->scopes);
    int64_t changed;

    TRY(sql_permission_remove(c->db, c->arena, r->id, &changed));
    if (approve)
        TRY(grow(c, r));
    if (approve)
        emit_scope_granted(c,
                           &(struct ev_scope_granted){.to = r->app_id, .scopes = scopes, .trigger_id = r->trigger_id});
    else
        emit_scope_denied(c, &(struct ev_scope_denied){.to = r->app_id, .scopes = scopes, .trigger_id = r->trigger_id});
    return OK;
}
