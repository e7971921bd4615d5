#include "core/access_log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/job.h"
#include "settings.h"
#include "sql.h"

/* PLACES_FIRST is a power of two, and so is what it grows to. */
enum { PLACES_FIRST = 1 << 10, ROWS_FIRST = PLACES_FIRST / 4 * 3, EXPIRED_AT_ONCE = 1000 };

#define DAY_US (INT64_C(86400) * US_PER_S)

struct access_log {
    pthread_mutex_t lock;
    struct access *rows; /* in order of coming */
    int n, room;
    int32_t *places; /* by hash: 1 + the row's number; 0: free */
    size_t n_places;
};

/* For so many rows; three quarters of the places at most are taken. */
static void make_room(struct access_log *l, int room)
{
    l->rows = realloc(l->rows, sizeof(*l->rows) * (size_t)room);
    l->room = room;
    free(l->places);
    l->n_places = (size_t)room / 3 * 4;
    l->places = calloc(l->n_places, sizeof(*l->places));
    if (!l->rows || !l->places)
        abort();
}

struct access_log *access_log_new(void)
{
    struct access_log *l = calloc(1, sizeof(*l));

    if (!l)
        abort();
    pthread_mutex_init(&l->lock, NULL);
    make_room(l, ROWS_FIRST);
    return l;
}

void access_log_free(struct access_log *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l->rows);
    free(l->places);
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

/* Where x is, or the free place it would take. */
static int32_t *place_of(const struct access_log *l, const struct access *x)
{
    size_t i = x->hash & (l->n_places - 1);

    while (l->places[i] && !is_same(&l->rows[l->places[i] - 1], x))
        i = (i + 1) & (l->n_places - 1);
    return &l->places[i];
}

static void grow(struct access_log *l)
{
    make_room(l, l->room * 2);
    for (int i = 0; i < l->n; i++)
        *place_of(l, &l->rows[i]) = i + 1;
}

/* With the lock held. */
static void add(struct access_log *l, const struct access *x)
{
    int32_t *place = place_of(l, x);
    struct access *row;

    if (!*place) {
        if (l->n == l->room) {
            grow(l);
            place = place_of(l, x);
        }
        l->rows[l->n++] = *x;
        *place = l->n;
        return;
    }
    row = &l->rows[*place - 1];
    row->calls += x->calls;
    if (x->first_us < row->first_us)
        row->first_us = x->first_us;
    if (x->last_us > row->last_us)
        row->last_us = x->last_us;
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

int access_log_waiting(struct access_log *l)
{
    int n;

    pthread_mutex_lock(&l->lock);
    n = l->n;
    pthread_mutex_unlock(&l->lock);
    return n;
}

/* A table that once had to grow is given back. */
static void empty(struct access_log *l)
{
    l->n = 0;
    if (l->room > ROWS_FIRST)
        make_room(l, ROWS_FIRST);
    else
        memset(l->places, 0, l->n_places * sizeof(*l->places));
}

struct access_batch access_log_take(struct access_log *l, struct arena *a)
{
    struct access_batch batch = {0};

    pthread_mutex_lock(&l->lock);
    if (l->n) {
        batch.n = l->n;
        batch.rows = ARENA_ARRAY(a, struct access, l->n);
        memcpy(batch.rows, l->rows, sizeof(*l->rows) * (size_t)l->n);
        empty(l);
    }
    pthread_mutex_unlock(&l->lock);
    return batch;
}

static enum err store_one(struct db *db, struct arena *a, const struct access *x)
{
    int64_t changed;

    return sql_access_add(db, a, x->team, x->user, str_of(x->ip, (size_t)x->ip_n), str_of(x->agent, (size_t)x->agent_n),
                          id_new('L'), x->calls, x->first_us, x->last_us, &changed);
}

enum err access_log_store(struct db *db, struct arena *a, const struct access_batch *batch)
{
    for (int i = 0; i < batch->n; i++) {
        const struct access *x = &batch->rows[i];
        int64_t changed;
        TRY(store_one(db, a, x));
        if (i == 0 || batch->rows[i - 1].team != x->team)
            TRY(sql_job_see_to(db, a, JOB_ACCESSES, x->team, 0, x->last_us + DAY_US, &changed));
    }
    return OK;
}

/* Looks again when the next row may end, but not more than once a day; more than a portion is ended in turns, so that
 * others write in between. */
enum err access_log_expire(struct call *c, int64_t subject)
{
    int64_t kept_us = ((const struct settings *)c->settings)->access_retention_ms * 1000, oldest_us, changed;
    int64_t tomorrow_us = c->now_us + DAY_US;
    bool found;

    if (!kept_us)
        return OK;
    TRY(sql_access_expire(c->db, c->arena, c->team, c->now_us - kept_us, EXPIRED_AT_ONCE, &changed));
    if (changed == EXPIRED_AT_ONCE)
        return job_set(c, JOB_ACCESSES, subject, c->now_us);
    TRY(sql_access_oldest(c->db, c->arena, c->team, &oldest_us, &found));
    if (!found)
        return OK;
    return job_set(c, JOB_ACCESSES, subject, oldest_us + kept_us > tomorrow_us ? oldest_us + kept_us : tomorrow_us);
}

void access_log_give_back(struct access_log *l, const struct access_batch *batch)
{
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < batch->n; i++)
        add(l, &batch->rows[i]);
    pthread_mutex_unlock(&l->lock);
}
