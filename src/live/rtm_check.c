/* A token that is revoked, or whose person is deactivated, must not go on hearing.  Whenever tokens or people change,
 * those of all clients are looked up again. */
#include <stdlib.h>

#include "base/clock.h"
#include "live/rtm_own.h"
#include "sql.h"

enum { ARENA_BYTES = 1 << 14, POLICY = 1008 };

struct checked {
    int64_t client;
    char *token; /* heap */
    size_t token_n;
    enum err state;
    bool guest;
};

/* All clients: filled on the thread of the WebSockets, looked up at the desk, and back. */
struct roster {
    struct ws_task task; /* first: a ws_task * is a roster * */
    struct desk_job job;
    struct rtm *rtm;
    struct checked *clients;
    int n, cap;
};

static void roster_free(struct roster *ro)
{
    for (int i = 0; i < ro->n; i++)
        free(ro->clients[i].token);
    free(ro->clients);
    free(ro);
}

static void act(struct ws_task *t)
{
    struct roster *ro = (struct roster *)t;

    for (int i = 0; i < ro->n; i++) {
        struct client *cl = hub_client(ro->rtm->hub, ro->clients[i].client);

        if (cl && ro->clients[i].state == OK)
            hub_set_guest(cl, ro->clients[i].guest);
        else if (cl && client_ws(cl))
            ws_close(client_ws(cl), POLICY, S("the token is no longer good"));
        else if (cl)
            hub_refuse(cl);
    }
    roster_free(ro);
}

/* When the database does not answer, nobody is sent away for that. */
static void look_up(struct desk_job *job)
{
    struct roster *ro = (struct roster *)(void *)((char *)job - offsetof(struct roster, job));
    struct db *db = ro->rtm->api->readers[ro->rtm->worker];
    struct arena *a = arena_new(ARENA_BYTES);

    for (int i = 0; i < ro->n; i++) {
        struct checked *c = &ro->clients[i];
        struct actor who;

        arena_reset(a);
        c->state = auth_actor(NULL, db, a, str_of(c->token, c->token_n), clock_now_us(), &who);
        c->guest = c->state == OK && who.guest != GUEST_NONE;
        if (c->state == ERR_SERVICE_UNAVAILABLE || c->state == ERR_INTERNAL_ERROR)
            c->client = 0;
    }
    arena_free(a);
    ro->task.run = act;
    if (!hub_post(ro->rtm->hub, &ro->task))
        roster_free(ro);
}

static void add(void *ctx, struct client *cl)
{
    struct roster *ro = ctx;
    struct str token = client_token(cl);
    struct checked *c;

    if (ro->n == ro->cap) {
        ro->cap = ro->cap ? ro->cap * 2 : 64;
        ro->clients = realloc(ro->clients, sizeof(*ro->clients) * (size_t)ro->cap);
        if (!ro->clients)
            abort();
    }
    c = &ro->clients[ro->n++];
    *c = (struct checked){.client = client_id(cl), .token = malloc(token.n + 1), .token_n = token.n};
    if (!c->token)
        abort();
    memcpy(c->token, token.p, token.n);
}

static void collect(struct ws_task *t)
{
    struct roster *ro = (struct roster *)t;

    hub_each_client(ro->rtm->hub, add, ro);
    desk_submit(ro->rtm->desk, &ro->job);
}

/* Has another node that shares the database changed tokens, people or apps? */
static void look_at_others(struct rtm *r)
{
    struct arena *a = arena_new(ARENA_BYTES);

    auth_look(r->api->readers[r->worker], a); /* when the database does not answer, it is asked again */
    arena_free(a);
}

void rtm_check(void *rtm)
{
    struct rtm *r = rtm;
    uint64_t now;
    struct roster *ro;

    look_at_others(r);
    now = auth_generation();

    hub_look_at_presence(r->hub);
    if (now == r->generation || !hub_heard(r->hub))
        return;
    r->generation = now;
    ro = calloc(1, sizeof(*ro));
    if (!ro)
        abort();
    *ro = (struct roster){.task.run = collect, .job.run = look_up, .rtm = r};
    if (!hub_post(r->hub, &ro->task))
        free(ro);
}
