/* apps.permissions.*: what a token may do, and asking people for more. */
#include "args_apps.h"
#include "core/channel.h"
#include "core/permission.h"
#include "core/put.h"
#include "core/trigger.h"

/* One part of `info`. */
struct part {
    const char *name;
    enum resource resource;
    int kind;   /* conversations whose ids it tells; -1: none */
    bool whole; /* it tells of wildcard and excluded_ids */
};

/* --- info ----------------------------------------------------------------------------------------------------- */

static void put_scopes(struct json_out *o, struct str list, enum resource r, bool writes)
{
    struct str piece;

    json_open(o, S("scopes"), '[');
    while (str_cut(&list, ',', &piece))
        if (permission_resource(str_trim(piece)) == r || (writes && str_starts(str_trim(piece), S("chat:write"))))
            json_str(o, S(""), str_trim(piece));
    json_close(o, ']');
}

static void put_ids(struct json_out *o, const struct resource_row *rows, int n, int kind)
{
    json_open(o, S("ids"), '[');
    for (int i = 0; i < n; i++)
        if (rows[i].kind == kind)
            put_id(o, S(""), rows[i].id);
    json_close(o, ']');
}

/* An app's own pages are its bot's direct messages; those of a person are that person's. */
static void put_info(struct call *c, const struct resource_row *rows, int n)
{
    bool bot = c->who.is_bot;
    const struct part parts[] = {
        {"app_home", bot ? RESOURCE_IM : RESOURCES_N, bot ? CHANNEL_IM : -1, false},
        {"team", RESOURCE_TEAM, -1, false},
        {"channel", RESOURCE_CHANNEL, CHANNEL_PUBLIC, true},
        {"group", RESOURCE_GROUP, CHANNEL_PRIVATE, false},
        {"mpim", RESOURCE_MPIM, CHANNEL_MPIM, false},
        {"im", bot ? RESOURCES_N : RESOURCE_IM, bot ? -1 : CHANNEL_IM, false},
    };
    struct json_out *o = &c->out;

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        const struct part *p = &parts[i];
        json_open(o, str_c(p->name), '{');
        put_scopes(o, c->who.scope_text, p->resource, bot && i == 0);
        json_open(o, S("resources"), '{');
        if (p->resource == RESOURCE_TEAM) {
            json_open(o, S("ids"), '[');
            put_id(o, S(""), c->team);
            json_close(o, ']');
        } else {
            put_ids(o, rows, n, p->kind);
        }
        if (p->whole) { /* who is no guest may look into every public channel */
            json_bool(o, S("wildcard"), c->who.guest == GUEST_NONE);
            json_text(o, S("excluded_ids"), S("[]"));
        }
        json_close(o, '}');
        json_close(o, '}');
    }
}

enum err apps_permissions_info(struct call *c, const struct apps_permissions_info_args *a)
{
    struct resource_row *rows;
    int n;

    (void)a;
    TRY(sql_resources_of_user(c->db, c->arena, c->team, c->who.user, &rows, &n));
    json_open(&c->out, S("info"), '{');
    put_info(c, rows, n);
    json_close(&c->out, '}');
    return OK;
}

/* --- request -------------------------------------------------------------------------------------------------- */

enum err apps_permissions_request(struct call *c, const struct apps_permissions_request_args *a)
{
    enum trigger_state state;
    struct trigger_row t;
    struct str scopes;

    TRY(permission_read(c, a->scopes, &scopes));
    TRY(trigger_take(c, a->trigger_id, &t, &state));
    switch (state) {
    case TRIGGER_TAKEN:
        return permission_ask(c, scopes, &t, a->trigger_id);
    case TRIGGER_EXPIRED:
        return ERR_INVALID_TRIGGER;
    case TRIGGER_EXCHANGED:
        return ERR_TRIGGER_EXCHANGED;
    default:
        return ERR_INVALID_TRIGGER_ID;
    }
}
