/* Deadlines are absolute: a byte now and then does not move them.  One thread looks at all connections, once
 * a second or, when deadlines are shorter than that, a few times within the shortest.  It never closes one:
 * it shuts the socket down, which wakes a worker that does. */
#include "net/server.h"

#include "base/clock.h"
#include "base/wait.h"

void deadline_set(struct http_conn *c, enum deadline_kind kind, int64_t at_us)
{
    atomic_store_explicit(&c->deadline, at_us << 2 | (int64_t)kind, memory_order_relaxed);
}

enum deadline_kind deadline_kind(const struct http_conn *c)
{
    return (enum deadline_kind)(atomic_load_explicit(&c->deadline, memory_order_relaxed) & 3);
}

bool deadline_passed(const struct http_conn *c, int64_t now_us)
{
    int64_t word = atomic_load_explicit(&c->deadline, memory_order_relaxed);

    return (word & 3) != DEADLINE_NONE && word >> 2 <= now_us;
}

/* A reader may still be answered, so only its input is ended. */
static void end(const struct http_conn *c, enum deadline_kind kind)
{
    shutdown(c->fd, kind == DEADLINE_WRITE ? SHUT_RDWR : SHUT_RD);
}

/* Calls shutdown for each open connection that due() picks; under the lock, so that no fd is closed
 * meanwhile. */
static void end_each(struct http_server *s, bool (*due)(const struct http_conn *, int64_t), int64_t now_us, bool whole)
{
    for (int i = 0; i < s->n_slabs; i++) {
        for (int k = 0; k < SLAB_CONNS; k++) {
            const struct http_conn *c = &s->slabs[i][k];

            if (c->fd >= 0 && due(c, now_us))
                end(c, whole ? DEADLINE_WRITE : deadline_kind(c));
        }
    }
}

static bool is_idle(const struct http_conn *c, int64_t now_us)
{
    (void)now_us;
    return deadline_kind(c) == DEADLINE_IDLE;
}

static bool is_any(const struct http_conn *c, int64_t now_us)
{
    (void)c;
    (void)now_us;
    return true;
}

void sweep_close(struct http_server *s, bool all)
{
    pthread_mutex_lock(&s->lock);
    end_each(s, all ? is_any : is_idle, 0, all);
    pthread_mutex_unlock(&s->lock);
}

static void accept_again(struct http_server *s, int64_t now_us)
{
    int64_t at = atomic_load(&s->accept_again_us);

    if (at && at <= now_us) {
        atomic_store(&s->accept_again_us, 0);
        listen_rearm(s);
    }
}

static int64_t sweep_every_us(const struct http_limits *l)
{
    int shortest_ms = 4000;

    shortest_ms = l->head_ms < shortest_ms ? l->head_ms : shortest_ms;
    shortest_ms = l->idle_ms < shortest_ms ? l->idle_ms : shortest_ms;
    shortest_ms = l->body_ms < shortest_ms ? l->body_ms : shortest_ms;
    shortest_ms = l->write_ms < shortest_ms ? l->write_ms : shortest_ms;
    return shortest_ms < 40 ? 10000 : shortest_ms * 250LL;
}

static void *sweep_main(void *arg)
{
    struct http_server *s = arg;
    int64_t every_us = sweep_every_us(&s->cfg.limits);

    pthread_mutex_lock(&s->lock);
    while (!s->quit) {
        int64_t now_us = clock_mono_us();

        end_each(s, deadline_passed, now_us, false);
        accept_again(s, now_us);
        wait_until(&s->quit_changed, &s->lock, now_us + every_us);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

int sweep_start(struct http_server *s)
{
    s->sweeping = pthread_create(&s->sweeper, NULL, sweep_main, s) == 0;
    return s->sweeping ? 0 : -1;
}

void sweep_stop(struct http_server *s)
{
    if (!s->sweeping)
        return;
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_signal(&s->quit_changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->sweeper, NULL);
    s->sweeping = false;
}
