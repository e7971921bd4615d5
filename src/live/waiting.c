/* Between rtm.connect and the connection it announced: tickets, and what was heard meanwhile. */
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/rand.h"
#include "live/client.h"

enum { TICKET_CHARS = 48, WAITS_S = 30, KEPT_BYTES = 1 << 20 };

struct waiting {
    pthread_mutex_t lock; /* of the tickets, in the table and in clients */
    struct map tickets;   /* by a hash of them */
    struct client *oldest, *newest;
};

struct waiting *waiting_new(void)
{
    struct waiting *w = calloc(1, sizeof(*w));

    if (!w)
        abort();
    pthread_mutex_init(&w->lock, NULL);
    return w;
}

void waiting_free(struct waiting *w)
{
    map_free(&w->tickets);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static int64_t key_of(struct str ticket)
{
    int64_t key = (int64_t)siphash(ticket);

    return key ? key : 1;
}

/* Under the lock. */
static void void_ticket(struct waiting *w, struct client *cl)
{
    map_drop(&w->tickets, key_of(cl->ticket));
    free((char *)(uintptr_t)cl->ticket.p);
    cl->ticket = S("");
}

struct str waiting_ticket(struct waiting *w, struct client *cl, struct arena *a)
{
    struct str ticket = rand_token(a, TICKET_CHARS);
    char *copy = malloc(ticket.n);

    if (!copy)
        abort();
    memcpy(copy, ticket.p, ticket.n);
    cl->ticket = str_of(copy, ticket.n);
    cl->waits_until_us = clock_mono_us() + WAITS_S * INT64_C(1000000);
    pthread_mutex_lock(&w->lock);
    map_put(&w->tickets, key_of(ticket), cl);
    pthread_mutex_unlock(&w->lock);
    return ticket;
}

struct client *waiting_take(struct waiting *w, struct str ticket)
{
    struct client *cl;

    if (ticket.n != TICKET_CHARS)
        return NULL;
    pthread_mutex_lock(&w->lock);
    cl = map_get(&w->tickets, key_of(ticket));
    if (cl && (!secret_eq(cl->ticket, ticket) || cl->waits_until_us <= clock_mono_us()))
        cl = NULL;
    if (cl)
        void_ticket(w, cl);
    pthread_mutex_unlock(&w->lock);
    return cl;
}

bool waiting_void(struct waiting *w, struct client *cl)
{
    bool had;

    pthread_mutex_lock(&w->lock);
    had = cl->ticket.n > 0;
    if (had)
        void_ticket(w, cl);
    pthread_mutex_unlock(&w->lock);
    return had;
}

void waiting_add(struct waiting *w, struct client *cl)
{
    cl->older = w->newest;
    *(w->newest ? &w->newest->newer : &w->oldest) = cl;
    w->newest = cl;
}

void waiting_remove(struct waiting *w, struct client *cl)
{
    *(cl->older ? &cl->older->newer : &w->oldest) = cl->newer;
    *(cl->newer ? &cl->newer->older : &w->newest) = cl->older;
    cl->older = cl->newer = NULL;
}

struct client *waiting_overdue(struct waiting *w, int64_t now_us)
{
    for (struct client *cl = w->oldest; cl && cl->waits_until_us <= now_us; cl = cl->newer)
        if (waiting_void(w, cl))
            return cl;
    return NULL;
}

void waiting_forget(struct client *cl)
{
    while (cl->kept) {
        struct kept_frame *k = cl->kept;

        cl->kept = k->next;
        frame_unref(k->frame);
        free(k);
    }
    cl->kept_tail = &cl->kept;
    cl->kept_bytes = 0;
}

void waiting_keep(struct client *cl, struct ws_frame *f)
{
    struct kept_frame *k;

    cl->lost = cl->lost || cl->kept_bytes + f->n > KEPT_BYTES;
    if (cl->lost) {
        waiting_forget(cl);
        return;
    }
    k = malloc(sizeof(*k));
    if (!k)
        abort();
    *k = (struct kept_frame){.frame = frame_ref(f)};
    *cl->kept_tail = k;
    cl->kept_tail = &k->next;
    cl->kept_bytes += f->n;
}

void waiting_deliver(struct client *cl)
{
    for (struct kept_frame *k = cl->kept; k; k = k->next)
        ws_send(cl->ws, k->frame);
    waiting_forget(cl);
    if (cl->lost)
        ws_close(cl->ws, WS_TRY_LATER, S("messages were lost: the connection came too late"));
}
