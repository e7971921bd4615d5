/* rtm.connect, rtm.start: a place at the events, and where to come for it. */
#include "args_rtm.h"
#include "core/live.h"
#include "methods.h"
#include "objects.h"
#include "sql.h"

/* "http://HOST/" as "ws://HOST/websocket/TICKET", and https as wss. */
static struct str socket_url(struct call *c, struct str ticket)
{
    return ARENA_JOIN(c->arena, S("ws"), str_skip(c->base_url, 4), S("websocket/"), ticket);
}

/* It runs on the lane, so that no message falls between what is heard from now on and what can be read afterwards. */
enum err rtm_connect(struct call *c, const struct rtm_connect_args *a)
{
    struct live_wishes wishes = {.batch_presence = a->batch_presence_aware};
    struct str ticket;
    struct user_row u;
    struct team_row team;
    int64_t *in;
    bool found;

    if (!c->live)
        return ERR_SERVICE_UNAVAILABLE;
    TRY(sql_user_in_team(c->db, c->arena, c->who.user, c->team, &u, &found));
    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    TRY(sql_user_channel_ids(c->db, c->arena, c->who.user, c->team, &in, &wishes.n_in));
    wishes.in = in;
    wishes.away = u.away != 0;
    TRY(c->live->open(c->live->ctx, c, &wishes, &ticket));
    if (c->method->retired)
        call_warn(c, WARN_METHOD_DEPRECATED);
    json_str(&c->out, S("url"), socket_url(c, ticket));
    put_rtm_self(&c->out, S("self"), &(struct obj_rtm_self){.id = u.id, .name = u.name});
    put_rtm_team(&c->out, S("team"), &(struct obj_rtm_team){.id = team.id, .name = team.name, .domain = team.domain});
    return OK;
}
