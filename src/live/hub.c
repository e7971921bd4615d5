#include "live/hub.h"

#include <stdlib.h>

#include "base/clock.h"
#include "live/hub_own.h"

enum { SCRATCH_BYTES = 1 << 14, PLACES_MAX = 8 };

/* --- clients -------------------------------------------------------------------------------------------------- */

static struct client *client_new(struct hub *h, const struct call *c, const struct live_wishes *wishes)
{
    struct client *cl = calloc(1, sizeof(*cl) + c->token.n + c->base_url.n);

    if (!cl)
        abort();
    cl->hub = h;
    cl->id = atomic_fetch_add(&h->last_id, 1) + 1;
    cl->user = c->who.user;
    cl->team = c->team;
    cl->guest = c->who.guest != GUEST_NONE;
    cl->is_bot = c->who.is_bot;
    cl->batch_presence = wishes->batch_presence;
    cl->kept_tail = &cl->kept;
    cl->token_n = c->token.n;
    cl->origin_n = c->base_url.n;
    memcpy(cl->texts, c->token.p, c->token.n);
    memcpy(cl->texts + c->token.n, c->base_url.p, c->base_url.n);
    atomic_fetch_add(&h->n_clients, 1);
    return cl;
}

static void client_free(struct client *cl)
{
    struct hub *h = cl->hub;

    waiting_void(h->waiting, cl);
    waiting_forget(cl);
    group_leave_all(cl);
    map_drop(&h->clients, cl->id);
    atomic_fetch_sub(&h->n_clients, 1);
    free(cl->typed);
    free(cl);
}

void hub_hand(struct client *cl, struct ws_frame *f)
{
    if (cl->ws)
        ws_send(cl->ws, f);
    else
        waiting_keep(cl, f);
}

void hub_send(struct client *cl, struct str json)
{
    struct ws_frame *f = frame_new(WS_TEXT, json);

    hub_hand(cl, f);
    frame_unref(f);
}

bool hub_post(struct hub *h, struct ws_task *t)
{
    return h->http && ws_post(h->http, t);
}

struct hub *client_hub(const struct client *cl)
{
    return cl->hub;
}

void *hub_owner(const struct hub *h)
{
    return h->owner;
}

int64_t client_id(const struct client *cl)
{
    return cl->id;
}

struct str client_token(const struct client *cl)
{
    return str_of(cl->texts, cl->token_n);
}

struct str client_origin(const struct client *cl)
{
    return str_of(cl->texts + cl->token_n, cl->origin_n);
}

int64_t client_team(const struct client *cl)
{
    return cl->team;
}

struct ws *client_ws(const struct client *cl)
{
    return cl->ws;
}

int *client_pending(struct client *cl)
{
    return &cl->pending;
}

struct client_pace *client_pace(struct client *cl)
{
    return &cl->pace;
}

void hub_each_client(struct hub *h, void (*each)(void *ctx, struct client *cl), void *ctx)
{
    for (size_t i = 0; i < h->clients.cap; i++)
        if (h->clients.slots[i].value)
            each(ctx, h->clients.slots[i].value);
}

struct client *hub_client(struct hub *h, int64_t id)
{
    return map_get(&h->clients, id);
}

/* --- places --------------------------------------------------------------------------------------------------- */

struct arrival {
    struct ws_task task; /* first: a ws_task * is an arrival * */
    struct client *client;
    bool away;
    int n_in;
    int64_t in[];
};

static void give_up(struct client *cl)
{
    waiting_remove(cl->hub->waiting, cl);
    client_free(cl);
}

void hub_expire(struct hub *h)
{
    int64_t now_us = clock_mono_us();
    struct client *cl;

    while ((cl = waiting_overdue(h->waiting, now_us)) != NULL)
        give_up(cl);
}

/* Whoever asks for places and does not take them gets only so many: each costs memory. */
static void keep_few(struct hub *h, int64_t user)
{
    struct group *g = group_find(&h->users, user);
    struct client *oldest = NULL;
    int n = 0;

    for (int i = 0; i < g->n; i++) {
        struct client *cl = g->seats[i].who;

        n += !cl->ws;
        if (!cl->ws && (!oldest || cl->id < oldest->id))
            oldest = cl;
    }
    if (n > PLACES_MAX && waiting_void(h->waiting, oldest))
        give_up(oldest);
}

static void arrive(struct ws_task *t)
{
    struct arrival *a = (struct arrival *)t;
    struct client *cl = a->client;
    struct hub *h = cl->hub;

    hub_expire(h);
    map_put(&h->clients, cl->id, cl);
    waiting_add(h->waiting, cl);
    group_join(&h->teams, cl->team, cl);
    group_join(&h->users, cl->user, cl);
    for (int i = 0; i < a->n_in; i++)
        group_join(&h->channels, a->in[i], cl);
    if (presence_set_away(h->presence, cl->user, a->away))
        hub_presence_changed(h, cl->user);
    free(a);
    keep_few(h, cl->user);
}

enum err hub_open(void *hub, struct call *c, const struct live_wishes *wishes, struct str *ticket)
{
    struct hub *h = hub;
    struct arrival *a = malloc(sizeof(*a) + sizeof(*a->in) * (size_t)wishes->n_in);

    if (!a)
        abort();
    *a = (struct arrival){.task.run = arrive, .away = wishes->away, .n_in = wishes->n_in};
    if (a->n_in)
        memcpy(a->in, wishes->in, sizeof(*a->in) * (size_t)a->n_in);
    a->client = client_new(h, c, wishes);
    *ticket = waiting_ticket(h->waiting, a->client, c->arena);
    if (!atomic_load(&h->stopping) && hub_post(h, &a->task))
        return OK;
    client_free(a->client);
    free(a);
    return ERR_SERVICE_UNAVAILABLE;
}

struct client *hub_take(struct hub *h, struct str ticket)
{
    return atomic_load(&h->stopping) ? NULL : waiting_take(h->waiting, ticket);
}

/* Whose ticket was taken already is told when it comes that it must come again. */
void hub_refuse(struct client *cl)
{
    if (waiting_void(cl->hub->waiting, cl))
        give_up(cl);
    else
        cl->lost = true;
}

void hub_set_guest(struct client *cl, bool guest)
{
    cl->guest = guest;
}

struct departure {
    struct ws_task task; /* first: a ws_task * is a departure * */
    struct client *client;
};

static void depart(struct ws_task *t)
{
    give_up(((struct departure *)t)->client);
    free(t);
}

/* When the thread has ended, hub_free lets the client go. */
void hub_dropped(struct hub *h, struct client *cl)
{
    struct departure *d = calloc(1, sizeof(*d));

    if (!d)
        abort();
    *d = (struct departure){.task.run = depart, .client = cl};
    if (!hub_post(h, &d->task))
        free(d);
}

/* --- connections ---------------------------------------------------------------------------------------------- */

void hub_connected(struct client *cl, struct ws *w)
{
    struct hub *h = cl->hub;

    waiting_remove(h->waiting, cl);
    cl->ws = w;
    atomic_fetch_add(&h->n_connected, 1);
    hub_send(cl, S("{\"type\":\"hello\"}"));
    waiting_deliver(cl);
    if (presence_connected(h->presence, cl->user, cl->is_bot, 1))
        hub_presence_changed(h, cl->user);
}

void hub_disconnected(struct client *cl)
{
    struct hub *h = cl->hub;
    int64_t user = cl->user;
    bool is_bot = cl->is_bot;

    atomic_fetch_sub(&h->n_connected, 1);
    client_free(cl);
    if (presence_connected(h->presence, user, is_bot, -1))
        hub_presence_changed(h, user);
}

/* --- opening and closing -------------------------------------------------------------------------------------- */

struct hub *hub_new(void *owner)
{
    struct hub *h = calloc(1, sizeof(*h));

    if (!h)
        abort();
    h->owner = owner;
    h->scratch = arena_new(SCRATCH_BYTES);
    h->waiting = waiting_new();
    h->presence = presence_new();
    return h;
}

void hub_start(struct hub *h, struct http_server *http)
{
    h->http = http;
}

static void say_goodbye(struct ws_task *t)
{
    struct hub *h = ((struct order *)t)->hub;

    for (size_t i = 0; i < h->clients.cap; i++) {
        struct client *cl = h->clients.slots[i].value;

        if (!cl || !cl->ws)
            continue;
        hub_send(cl, S("{\"type\":\"goodbye\"}"));
        ws_close(cl->ws, WS_GOING_AWAY, S(""));
    }
    free(t);
}

void hub_stop(struct hub *h)
{
    struct order *o;

    if (!h || !h->http)
        return;
    atomic_store(&h->stopping, true);
    o = calloc(1, sizeof(*o));
    if (!o)
        abort();
    *o = (struct order){.task.run = say_goodbye, .hub = h};
    if (!hub_post(h, &o->task))
        free(o);
}

void hub_free(struct hub *h)
{
    if (!h)
        return;
    while (h->clients.n)
        for (size_t i = 0; i < h->clients.cap; i++)
            if (h->clients.slots[i].value)
                client_free(h->clients.slots[i].value);
    parcels_drop(h);
    map_free(&h->clients);
    map_free(&h->channels);
    map_free(&h->teams);
    map_free(&h->users);
    map_free(&h->watched);
    waiting_free(h->waiting);
    presence_free(h->presence);
    arena_free(h->scratch);
    free(h);
}
