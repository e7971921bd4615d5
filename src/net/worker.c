#include <stdlib.h>
#include <sys/epoll.h>

#include "net/server.h"

void worker_init(struct worker *w, struct http_server *s, int index)
{
    w->server = s;
    w->index = index;
    w->in_bytes = (size_t)s->cfg.limits.head_bytes + WORKER_READ_BYTES;
    w->in = malloc(w->in_bytes);
    w->out = malloc(WORKER_OUT_BYTES);
    if (!w->in || !w->out)
        abort();
}

void worker_free(struct worker *w)
{
    for (int i = 0; i < w->n_spare; i++)
        arena_free(w->spare[i]);
    if (w->gzip_open)
        deflateEnd(&w->gzip);
    free(w->in);
    free(w->out);
}

struct arena *worker_arena(struct worker *w)
{
    return w->n_spare ? w->spare[--w->n_spare] : arena_new(ARENA_FIRST_BYTES);
}

void worker_arena_done(struct worker *w, struct arena *a)
{
    if (w->n_spare == WORKER_SPARE_ARENAS) {
        arena_free(a);
        return;
    }
    arena_reset(a);
    w->spare[w->n_spare++] = a;
}

struct str worker_date(struct worker *w)
{
    time_t now = time(NULL);
    struct tm tm;

    if (now != w->date_s) {
        w->date_s = now;
        gmtime_r(&now, &tm);
        w->date_n = strftime(w->date, sizeof(w->date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
    }
    return str_of(w->date, w->date_n);
}

void worker_ready(struct worker *w, struct http_conn *c)
{
    c->next = NULL;
    if (w->ready_last)
        w->ready_last->next = c;
    else
        w->ready_first = c;
    w->ready_last = c;
}

/* One turn for each connection that was in line when this began. */
static void run_ready(struct worker *w)
{
    struct http_conn *c = w->ready_first;

    w->ready_first = w->ready_last = NULL;
    while (c) {
        struct http_conn *next = c->next;

        conn_run(w, c);
        c = next;
    }
}

/* False when the event says to stop. */
static bool handle(struct worker *w, const struct epoll_event *ev)
{
    struct http_server *s = w->server;

    if (ev->data.ptr == &s->stop_fd)
        return false;
    if (ev->data.ptr == &s->listen_fd)
        listen_accept(w);
    else if (ev->data.ptr == &s->wake_fd)
        complete_drain(w);
    else
        conn_event(w, ev->data.ptr, ev->events);
    return true;
}

/* One event at a time: a second one, be it a newcomer's or of a connection, would wait behind a slow handler though
 * another worker is free.  Measured, taking more at once saves nothing. */
void *worker_main(void *worker)
{
    struct worker *w = worker;
    struct epoll_event event;
    bool go_on = true;

    while (go_on) {
        if (epoll_wait(w->server->epoll, &event, 1, w->ready_first ? 0 : -1) == 1)
            go_on = handle(w, &event);
        run_ready(w);
    }
    return NULL;
}
