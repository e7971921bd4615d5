/* apps.*: what apps ask about themselves. */
#include "base/clock.h"
#include "base/rand.h"
#include "core/event_context.h"
#include "core/install.h"
#include "core/put.h"
#include "objects.h"
#include "args_apps.h"
#include "args_taut.h"
#include "base/id.h"
#include "sql.h"

enum { TICKET_CHARS = 32, TICKET_S = 30 };

/* --- Socket Mode ---------------------------------------------------------------------------------------------- */

/* The server's own origin, as a WebSocket's. */
static struct str socket_url(struct call *c, struct str ticket)
{
    bool secure = str_starts(c->base_url, S("https://"));
    char app[ID_MAX];

    return ARENA_JOIN(c->arena, secure ? S("wss://") : S("ws://"), str_skip(c->base_url, secure ? 8 : 7),
                      S("link/?ticket="), ticket, S("&app_id="), str_of(app, id_format(c->who.app, app)));
}

enum err apps_connections_open(struct call *c, const struct apps_connections_open_args *a)
{
    struct str ticket = rand_token(c->arena, TICKET_CHARS);
    int64_t changed;

    (void)a;
    TRY(sql_socket_ticket_sweep(c->db, c->arena, c->now_us, &changed));
    TRY(sql_socket_ticket_add(c->db, c->arena, sha256_text(c->arena, ticket), c->who.app,
                              c->now_us + (int64_t)TICKET_S * US_PER_S, &changed));
    json_str(&c->out, S("url"), socket_url(c, ticket));
    return OK;
}

enum err taut_socket_take(struct call *c, const struct taut_socket_take_args *a)
{
    struct str hash = sha256_text(c->arena, a->ticket);
    int64_t app, changed;
    bool found;

    TRY(sql_socket_ticket_app(c->db, c->arena, hash, c->now_us, &app, &found));
    if (!found)
        return ERR_INVALID_TICKET;
    TRY(sql_socket_ticket_remove(c->db, c->arena, hash, &changed));
    if (!changed)
        return ERR_INVALID_TICKET;
    put_id(&c->out, S("app_id"), app);
    return OK;
}

/* --- for whom an event was ------------------------------------------------------------------------------------ */

enum err apps_event_authorizations_list(struct call *c, const struct apps_event_authorizations_list_args *a)
{
    struct event_context context;
    struct authorization_row *rows;
    int64_t after, unused;
    int n;

    if (!event_context_read(c->arena, c->key, a->event_context, &context))
        return ERR_INVALID_EVENT_CONTEXT;
    if (context.app != c->who.app)
        return ERR_AUTH_MISMATCH;
    TRY(page_cursor(c, a->cursor, "authorizations", &after, &unused));
    TRY(sql_app_authorizations(c->db, c->arena, context.app, context.team,
                               call_target(context.to) == TO_CHANNEL ? context.to : 0,
                               call_target(context.to) == TO_USER ? context.to : 0, after, a->limit + 1, &rows, &n));
    json_open(&c->out, S("authorizations"), '[');
    for (int i = 0; i < n && i < a->limit; i++)
        put_event_authorization(&c->out, S(""),
                                &(struct obj_event_authorization){.enterprise_id = rows[i].whole_org ? c->who.org : 0,
                                                                  .team_id = context.team,
                                                                  .user_id = rows[i].user_id,
                                                                  .is_bot = rows[i].is_bot,
                                                                  .is_enterprise_install = rows[i].whole_org});
    json_close(&c->out, ']');
    if (n > a->limit)
        page_next(c, "authorizations", rows[a->limit - 1].user_id, 0);
    return OK;
}

/* --- leaving -------------------------------------------------------------------------------------------------- */

enum err apps_uninstall(struct call *c, const struct apps_uninstall_args *a)
{
    struct manifest m;
    struct app_row app;

    TRY(install_client(c, a->client_id, a->client_secret, &app, &m));
    if (app.id != c->who.app)
        return ERR_CLIENT_ID_TOKEN_MISMATCH;
    return install_end(c, app.id, c->who.team);
}
