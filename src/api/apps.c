/* apps.*: what apps ask about themselves. */
#include "base/clock.h"
#include "base/rand.h"
#include "core/put.h"
#include "args_apps.h"
#include "args_taut.h"
#include "base/id.h"
#include "sql.h"

enum { TICKET_CHARS = 32, TICKET_S = 30 };

static struct str hash_of(struct arena *a, struct str text)
{
    char hash[SHA256_HEX];

    sha256_hex(text, hash);
    return arena_dup(a, str_of(hash, sizeof(hash)));
}

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
    TRY(sql_socket_ticket_add(c->db, c->arena, hash_of(c->arena, ticket), c->who.app,
                              c->now_us + (int64_t)TICKET_S * US_PER_S, &changed));
    json_str(&c->out, S("url"), socket_url(c, ticket));
    return OK;
}

enum err taut_socket_take(struct call *c, const struct taut_socket_take_args *a)
{
    struct str hash = hash_of(c->arena, a->ticket);
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
