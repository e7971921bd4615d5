#include "net/ws_loop.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { EVENTS_AT_ONCE = 256, TICK_MS = 250 };

/* --- tasks ---------------------------------------------------------------------------------------------------- */

static bool post(struct ws_loop *l, struct ws_task *t)
{
    uint64_t one = 1;
    bool taken, first;

    t->next = NULL;
    pthread_mutex_lock(&l->lock);
    taken = l->started && !l->stopped;
    first = !l->tasks;
    if (taken) {
        *l->tasks_tail = t;
        l->tasks_tail = &t->next;
    }
    pthread_mutex_unlock(&l->lock);
    if (taken && first && write(l->wake_fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
        log_error("wake_failed", "why=\"the event counter is full\" hint=\"report this\"");
    return taken;
}

bool ws_post(struct http_server *s, struct ws_task *t)
{
    return post(s->ws, t);
}

static struct ws_task *take_tasks(struct ws_loop *l)
{
    struct ws_task *t;

    pthread_mutex_lock(&l->lock);
    t = l->tasks;
    l->tasks = NULL;
    l->tasks_tail = &l->tasks;
    pthread_mutex_unlock(&l->lock);
    return t;
}

static void run_tasks(struct ws_loop *l)
{
    struct ws_task *t, *next;
    uint64_t n;

    if (read(l->wake_fd, &n, sizeof(n)) < 0)
        return; /* woken already */
    for (t = take_tasks(l); t; t = next) {
        next = t->next;
        t->run(t);
    }
}

/* --- connections that come ------------------------------------------------------------------------------------ */

static void begin(struct ws_task *t)
{
    ws_begin((struct ws *)t);
}

static struct ws *ws_new(struct ws_loop *l, struct http_conn *c)
{
    struct http_reply *r = &c->x->req.reply;
    struct ws *w = calloc(1, sizeof(*w));

    if (!w)
        abort();
    w->task.run = begin;
    w->conn = c;
    w->loop = l;
    w->handler = r->upgrade;
    w->user = r->upgrade_user;
    w->in.max_bytes = w->handler->max_bytes;
    w->in.deflate = ws_takes_deflate(&c->x->req);
    w->in.unpack = inflater_run;
    w->in.unpack_with = l->inflater;
    r->upgrade = NULL; /* it has become one: never is not called */
    return w;
}

/* The slot stays held, so that what the workers still hear of it touches nothing. */
void ws_loop_adopt(struct worker *w, struct http_conn *c)
{
    struct ws_loop *l = w->server->ws;
    struct ws *ws = ws_new(l, c);

    exchange_end(w, c);
    c->phase = PHASE_WEBSOCKET;
    deadline_set(c, DEADLINE_NONE, 0);
    epoll_ctl(c->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    if (post(l, &ws->task))
        return;
    ws->handler->never(ws->user);
    free(ws);
    slot_close(c, false);
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

static int wait_ms(const struct ws_loop *l)
{
    int tick_ms = l->server->cfg.limits.ws_ping_ms / 4;

    if (!l->pinged.first && !l->closing.first)
        return -1;
    return tick_ms < 1 ? 1 : tick_ms < TICK_MS ? tick_ms : TICK_MS;
}

/* Whoever is left at the end is cut off; the last tasks run, and no more are taken. */
static void finish(struct ws_loop *l)
{
    bool more = true;

    while (more) {
        struct ws_task *next, *t = take_tasks(l);

        for (; t; t = next) {
            next = t->next;
            t->run(t);
        }
        ws_die_each(l);
        ws_see_to_ended(l);
        pthread_mutex_lock(&l->lock);
        more = l->tasks != NULL;
        l->stopped = !more;
        pthread_mutex_unlock(&l->lock);
    }
}

static void *loop_main(void *arg)
{
    struct ws_loop *l = arg;
    struct epoll_event events[EVENTS_AT_ONCE];

    while (!l->quit) {
        int n = epoll_wait(l->epoll, events, EVENTS_AT_ONCE, wait_ms(l));

        l->now_us = clock_mono_us();
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == l)
                run_tasks(l);
            else
                ws_event(events[i].data.ptr, events[i].events);
        }
        ws_due(l);
        ws_see_to_ended(l); /* not before: what is freed here may have had an event in this turn */
    }
    finish(l);
    return NULL;
}

struct ws_loop *ws_loop_new(struct http_server *s)
{
    struct ws_loop *l = calloc(1, sizeof(*l));
    struct epoll_event wake = {.events = EPOLLIN, .data.ptr = l};

    if (!l)
        abort();
    l->server = s;
    l->tasks_tail = &l->tasks;
    pthread_mutex_init(&l->lock, NULL);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    l->in = malloc(WORKER_READ_BYTES);
    if (!l->in || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake_fd, &wake) != 0)
        abort(); /* not even a handful of descriptors */
    l->inflater = inflater_new();
    l->deflater = deflater_new();
    return l;
}

int ws_loop_start(struct ws_loop *l)
{
    l->started = pthread_create(&l->thread, NULL, loop_main, l) == 0;
    if (l->started)
        pthread_setname_np(l->thread, "websockets");
    return l->started ? 0 : -1;
}

struct order {
    struct ws_task task; /* first: a ws_task * is an order * */
    struct ws_loop *loop;
};

static void close_all(struct ws_task *t)
{
    ws_close_each(((struct order *)t)->loop, WS_GOING_AWAY);
    free(t);
}

static void quit(struct ws_task *t)
{
    struct ws_loop *l = ((struct order *)t)->loop;

    l->quit = true;
    free(t);
}

static void give_order(struct ws_loop *l, void (*run)(struct ws_task *))
{
    struct order *o = calloc(1, sizeof(*o));

    if (!o)
        abort();
    *o = (struct order){.task.run = run, .loop = l};
    if (!post(l, &o->task))
        free(o);
}

void ws_loop_close_all(struct ws_loop *l)
{
    give_order(l, close_all);
}

void ws_loop_stop(struct ws_loop *l)
{
    give_order(l, quit);
    if (l->started)
        pthread_join(l->thread, NULL);
    l->started = false;
}

void ws_loop_free(struct ws_loop *l)
{
    close(l->epoll);
    close(l->wake_fd);
    free(l->in);
    inflater_free(l->inflater);
    deflater_free(l->deflater);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
