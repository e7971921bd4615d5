#include "jobs/search_indexer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait.h"
#include "core/search_index.h"

/* A small batch does not hold the posts of its commit up; it grows with what waits, so that indexing keeps pace with
 * posting.  BACKLOG is what a search reads besides the index. */
enum {
    BATCH_MIN = 32,
    BATCH_MAX = 256,
    BATCH_SHARE = 16,
    BACKLOG = 1024,
    TICK_MS = 25,
    IDLE_TICK_MS = 250,
    PATIENCE_TICKS = 20,
    ARENA_BYTES = 1 << 18
};

struct search_indexer {
    struct lane_job job; /* first: a lane_job * is a search_indexer * */
    struct lane *lane;
    struct db *db;
    struct arena *arena;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop, done, has_thread;
    bool failed;
    int n; /* indexed by the last batch */
};

static int batch_size(void)
{
    int64_t share = search_index_waiting() / BATCH_SHARE;

    return share < BATCH_MIN ? BATCH_MIN : share > BATCH_MAX ? BATCH_MAX : (int)share;
}

static bool run(struct lane_job *job, struct db *db)
{
    struct search_indexer *x = (struct search_indexer *)job;

    arena_reset(x->arena);
    x->failed = search_index_some(db, x->arena, batch_size(), &x->n) != OK;
    return !x->failed;
}

static void done(struct lane_job *job, bool committed, enum db_status why)
{
    struct search_indexer *x = (struct search_indexer *)job;

    (void)why;
    pthread_mutex_lock(&x->lock);
    x->failed |= !committed;
    x->done = true;
    pthread_cond_signal(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

/* What a lost batch moved in memory is read again on the lane's thread, like everything it depends on. */
static bool reopen(struct lane_job *job, struct db *db)
{
    struct search_indexer *x = (struct search_indexer *)job;

    arena_reset(x->arena);
    return search_index_open(db, x->arena) == OK;
}

static void do_on_lane(struct search_indexer *x, bool (*what)(struct lane_job *, struct db *))
{
    x->done = x->failed = false;
    x->n = 0;
    x->job = (struct lane_job){.run = what, .done = done};
    lane_submit(x->lane, &x->job, x->db);
    pthread_mutex_lock(&x->lock);
    while (!x->done)
        pthread_cond_wait(&x->changed, &x->lock);
    pthread_mutex_unlock(&x->lock);
}

/* False when nothing came of it. */
static bool index_batch(struct search_indexer *x)
{
    do_on_lane(x, run);
    if (!x->failed)
        return x->n > 0;
    do_on_lane(x, reopen);
    return false;
}

/* A tick passes, or it is time to stop: then false. */
static bool tick(struct search_indexer *x)
{
    int64_t until_us = clock_mono_us() + (search_index_waiting() ? TICK_MS : IDLE_TICK_MS) * INT64_C(1000);
    bool go_on;

    pthread_mutex_lock(&x->lock);
    while (!x->stop && wait_until(&x->changed, &x->lock, until_us))
        ;
    go_on = !x->stop;
    pthread_mutex_unlock(&x->lock);
    return go_on;
}

static void *indexer_main(void *arg)
{
    struct search_indexer *x = arg;
    int64_t before = 0;
    int patience = 0;

    while (tick(x)) {
        int64_t now = search_index_waiting();
        bool pause = now == before || ++patience >= PATIENCE_TICKS;
        before = now;
        if (now == 0 || (now < BACKLOG && !pause))
            continue;
        patience = 0;
        while (index_batch(x) && search_index_waiting() > (pause ? 0 : BACKLOG / 2))
            ;
        before = search_index_waiting();
    }
    return NULL;
}

void search_indexer_settle(struct search_indexer *x)
{
    while (index_batch(x))
        ;
}

static void start_thread(struct search_indexer *x)
{
    sigset_t all, old;

    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (pthread_create(&x->thread, NULL, indexer_main, x) != 0)
        abort();
    pthread_setname_np(x->thread, "indexer");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

struct search_indexer *search_indexer_new(struct lane *lane, struct db *db, bool thread)
{
    struct search_indexer *x = calloc(1, sizeof(*x));

    if (!x)
        abort();
    x->lane = lane;
    x->db = db;
    x->arena = arena_new(ARENA_BYTES);
    pthread_mutex_init(&x->lock, NULL);
    wait_init(&x->changed);
    x->has_thread = thread;
    if (thread)
        start_thread(x);
    return x;
}

void search_indexer_free(struct search_indexer *x)
{
    if (!x)
        return;
    pthread_mutex_lock(&x->lock);
    x->stop = true;
    pthread_cond_signal(&x->changed);
    pthread_mutex_unlock(&x->lock);
    if (x->has_thread)
        pthread_join(x->thread, NULL);
    pthread_cond_destroy(&x->changed);
    pthread_mutex_destroy(&x->lock);
    if (x->db)
        db_close(x->db);
    arena_free(x->arena);
    free(x);
}
