/* Replies that other threads have filled in.
 *
 * `completed` is a stack that http_complete pushes to without a lock.  It is NULL when nobody has work there;
 * the push that finds it so wakes one worker.  That worker takes all, and leaves the mark `draining` until it
 * has found nothing more: pushes meanwhile need no wake-up, so a batch of completions costs one. */
#include <unistd.h>

#include "base/log.h"
#include "net/server.h"

static struct http_conn draining;

void http_complete(struct http_request *req)
{
    struct http_conn *c = req->conn, *old;
    struct http_server *s = c->server;
    uint64_t one = 1;

    old = atomic_load_explicit(&s->completed, memory_order_relaxed);
    do {
        c->next = old;
    } while (
        !atomic_compare_exchange_weak_explicit(&s->completed, &old, c, memory_order_acq_rel, memory_order_relaxed));
    if (!old && write(s->wake_fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
        log_error("wake_failed", "why=\"the event counter is full\" hint=\"report this\"");
}

/* Oldest first. */
static struct http_conn *reverse(struct http_conn *c)
{
    struct http_conn *first = NULL;

    while (c && c != &draining) {
        struct http_conn *next = c->next;

        c->next = first;
        first = c;
        c = next;
    }
    return first;
}

void complete_drain(struct worker *w)
{
    _Atomic(struct http_conn *) *completed = &w->server->completed;
    struct http_conn *c = atomic_exchange_explicit(completed, &draining, memory_order_acq_rel), *mark;

    do {
        for (c = reverse(c); c;) {
            struct http_conn *next = c->next;

            c->next = NULL;
            conn_answered(w, c);
            c = next;
        }
        mark = &draining;
        if (atomic_compare_exchange_strong(completed, &mark, NULL))
            return;
        c = atomic_exchange_explicit(completed, &draining, memory_order_acq_rel);
    } while (true);
}
