#include "core/access_log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/rand.h"
#include "sql.h"

/* A power of two; a quarter stays free, so that looking for a place is short. */
enum { PLACES = 4096, FILLED_MAX = PLACES / 4 * 3 };

struct access_log {
    pthread_mutex_t lock;
    int filled;
    struct access places[PLACES];
};

struct access_log *access_log_new(void)
{
    struct access_log *l = calloc(1, sizeof(*l));

    if (!l)
        abort();
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void access_log_free(struct access_log *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* What a client calls itself may be any bytes; databases take text. */
static int copy_plain(char *to, struct str from, size_t max)
{
    size_t n = from.n < max ? from.n : max;

    for (size_t i = 0; i < n; i++)
        to[i] = (char)(from.p[i] < ' ' || from.p[i] > '~' ? '?' : from.p[i]);
    return (int)n;
}

static uint64_t hash_of(const struct access *x)
{
    uint64_t parts[] = {(uint64_t)x->team, (uint64_t)x->user, siphash(str_of(x->ip, (size_t)x->ip_n)),
                        siphash(str_of(x->agent, (size_t)x->agent_n))};

    return siphash(str_of((const char *)parts, sizeof(parts)));
}

static bool is_same(const struct access *x, const struct access *y)
{
    return x->hash == y->hash && x->team == y->team && x->user == y->user && x->ip_n == y->ip_n &&
           x->agent_n == y->agent_n && memcmp(x->ip, y->ip, (size_t)x->ip_n) == 0 &&
           memcmp(x->agent, y->agent, (size_t)x->agent_n) == 0;
}

/* With the lock held. */
static void add(struct access_log *l, const struct access *x)
{
    size_t i = x->hash % PLACES;

    while (l->places[i].calls && !is_same(&l->places[i], x))
        i = (i + 1) % PLACES;
    if (!l->places[i].calls) {
        if (l->filled == FILLED_MAX)
            return;
        l->filled++;
        l->places[i] = *x;
        return;
    }
    l->places[i].calls += x->calls;
    if (x->first_us < l->places[i].first_us)
        l->places[i].first_us = x->first_us;
    if (x->last_us > l->places[i].last_us)
        l->places[i].last_us = x->last_us;
}

void access_log_note(struct access_log *l, const struct call *c)
{
    struct access x;

    if (!l || (c->who.kind != TOKEN_USER && c->who.kind != TOKEN_SESSION) || c->who.is_bot)
        return;
    x.team = c->team;
    x.user = c->who.user;
    x.calls = 1;
    x.first_us = x.last_us = c->now_us;
    x.ip_n = copy_plain(x.ip, c->remote_addr, sizeof(x.ip));
    x.agent_n = copy_plain(x.agent, c->user_agent, sizeof(x.agent));
    x.hash = hash_of(&x);
    pthread_mutex_lock(&l->lock);
    add(l, &x);
    pthread_mutex_unlock(&l->lock);
}

struct access_batch access_log_take(struct access_log *l, struct arena *a)
{
    struct access_batch batch = {0};

    pthread_mutex_lock(&l->lock);
    if (l->filled)
        batch.rows = ARENA_ARRAY(a, struct access, l->filled);
    for (int i = 0; i < PLACES && batch.n < l->filled; i++)
        if (l->places[i].calls) {
            batch.rows[batch.n++] = l->places[i];
            l->places[i].calls = 0;
        }
    l->filled = 0;
    pthread_mutex_unlock(&l->lock);
    return batch;
}

enum err access_log_store(struct db *db, struct arena *a, const struct access_batch *batch)
{
    for (int i = 0; i < batch->n; i++) {
        const struct access *x = &batch->rows[i];
        int64_t changed;
        TRY(sql_access_add(db, a, x->team, x->user, str_of(x->ip, (size_t)x->ip_n),
                           str_of(x->agent, (size_t)x->agent_n), id_new('L'), x->calls, x->first_us, x->last_us,
                           &changed));
    }
    return OK;
}

void access_log_give_back(struct access_log *l, const struct access_batch *batch)
{
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < batch->n; i++)
        add(l, &batch->rows[i]);
    pthread_mutex_unlock(&l->lock);
}
