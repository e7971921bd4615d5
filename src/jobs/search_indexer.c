#include "jobs/search_indexer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait.h"
#include "core/search_fill.h"

/* Many at once cost less each, but what waits is read by every search; an index that is made anew waits for nobody.
 * HOLD: posting that is faster than indexing waits for it from here on. */
enum {
    BATCH = 256,
    ANEW_BATCH = 2048,
    HOLD = 4096,
    PRUNE_FROM = 256,
    TICK_MS = 25,
    IDLE_TICK_MS = 250,
    PATIENCE_TICKS = 20,
    ARENA_BYTES = 1 << 20 /* of which little is touched when little is said */
};

struct search_indexer {
    struct lane_job job; /* first: a lane_job * is a search_indexer * */
    struct lane *lane;
    struct db *db, *index; /* the same on PostgreSQL */
    struct arena *arena;
    struct search_fill fill;
    struct search_batch batch;
    int64_t pruned; /* changes that were taken off */
    bool behind;    /* something is left to be indexed */
    bool failed;    /* the last batch; so less often is tried */
    bool untidy;    /* lists of the index can be merged */
    bool current;   /* all was indexed once: what waits now was said since */
    pthread_t thread;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    bool stop, has_thread;
    bool at_lane, go_on, done; /* of the job */
};

/* --- a batch -------------------------------------------------------------------------------------------------- */

static bool in_transaction(struct search_indexer *x, struct db *db, enum err (*what)(struct search_indexer *x))
{
    if (db_begin(db) != DB_OK)
        return false;
    if (what(x) == OK && !db_wants_retry(db))
        return db_commit(db) == DB_OK;
    db_rollback(db);
    return false;
}

static enum err open_fill(struct search_indexer *x)
{
    return search_fill_open(x->db, x->index, x->arena, &x->fill);
}

static enum err read_batch(struct search_indexer *x)
{
    return search_fill_read(x->db, x->arena, &x->fill, x->current ? BATCH : ANEW_BATCH, &x->batch);
}

static enum err write_batch(struct search_indexer *x)
{
    return search_fill_write(x->index, x->arena, &x->batch);
}

static enum err read_and_write(struct search_indexer *x)
{
    TRY(read_batch(x));
    return write_batch(x);
}

static enum err tidy_some(struct search_indexer *x)
{
    return search_fill_tidy(x->index, x->arena, &x->fill, &x->untidy);
}

/* While nothing else is to be done. */
static void tidy(struct search_indexer *x)
{
    struct search_fill before = x->fill;

    arena_reset(x->arena);
    if (in_transaction(x, x->index, tidy_some))
        return;
    x->fill = before;
    x->untidy = false; /* until something is said again */
}

static void index_batch(struct search_indexer *x)
{
    bool one = x->db == x->index;

    arena_reset(x->arena);
    x->failed = one ? !in_transaction(x, x->db, read_and_write)
                    : !in_transaction(x, x->db, read_batch) || !in_transaction(x, x->index, write_batch);
    if (!x->failed) {
        x->fill = x->batch.after;
        x->untidy = x->index != x->db;
    }
    x->behind = x->failed || x->batch.more;
    x->current |= !x->behind;
}

/* --- on the lane ---------------------------------------------------------------------------------------------- */

static void job_done(struct lane_job *job, bool committed, enum db_status why)
{
    struct search_indexer *x = (struct search_indexer *)job;

    (void)committed;
    (void)why;
    pthread_mutex_lock(&x->lock);
    x->done = true;
    pthread_cond_broadcast(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

static void submit(struct search_indexer *x, bool (*run)(struct lane_job *, struct db *))
{
    x->at_lane = x->go_on = x->done = false;
    x->job = (struct lane_job){.run = run, .done = job_done};
    lane_submit(x->lane, &x->job, x->db);
}

static void wait_for(struct search_indexer *x, const bool *flag)
{
    pthread_mutex_lock(&x->lock);
    while (!*flag)
        pthread_cond_wait(&x->changed, &x->lock);
    pthread_mutex_unlock(&x->lock);
}

static void raise_flag(struct search_indexer *x, bool *flag)
{
    pthread_mutex_lock(&x->lock);
    *flag = true;
    pthread_cond_broadcast(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

static bool hold_lane(struct lane_job *job, struct db *db)
{
    struct search_indexer *x = (struct search_indexer *)job;

    (void)db;
    raise_flag(x, &x->at_lane);
    wait_for(x, &x->go_on);
    return true;
}

/* While this batch is indexed, nothing is posted. */
static void index_batch_alone(struct search_indexer *x)
{
    submit(x, hold_lane);
    wait_for(x, &x->at_lane);
    index_batch(x);
    raise_flag(x, &x->go_on);
    wait_for(x, &x->done);
}

static bool prune(struct lane_job *job, struct db *db)
{
    struct search_indexer *x = (struct search_indexer *)job;

    arena_reset(x->arena);
    return search_fill_prune(db, x->arena, x->pruned) == OK;
}

/* What the index has on the disk, the database need not keep. */
static void prune_changes(struct search_indexer *x)
{
    if (x->fill.seen == x->pruned || !db_index_is_stored(x->index))
        return;
    x->pruned = x->fill.seen;
    submit(x, prune);
    wait_for(x, &x->done);
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

/* A tick passes, or it is time to stop: then false. */
static bool tick(struct search_indexer *x)
{
    int64_t until_us =
        clock_mono_us() + ((x->behind || x->untidy) && !x->failed ? TICK_MS : IDLE_TICK_MS) * INT64_C(1000);
    bool go_on;

    pthread_mutex_lock(&x->lock);
    while (!x->stop && wait_until(&x->changed, &x->lock, until_us))
        ;
    go_on = !x->stop;
    pthread_mutex_unlock(&x->lock);
    return go_on;
}

static bool is_stopped(struct search_indexer *x)
{
    bool stop;

    pthread_mutex_lock(&x->lock);
    stop = x->stop;
    pthread_mutex_unlock(&x->lock);
    return stop;
}

static int64_t count_waiting(struct search_indexer *x)
{
    int64_t n = 0;

    arena_reset(x->arena);
    return search_fill_waiting(x->db, x->arena, &x->fill, HOLD, &n) == OK ? n : 0;
}

static void catch_up(struct search_indexer *x, int64_t waiting)
{
    do {
        if (waiting >= HOLD && x->current && x->index != x->db)
            index_batch_alone(x);
        else
            index_batch(x);
        waiting = x->behind ? count_waiting(x) : 0;
    } while (x->behind && !x->failed && !is_stopped(x));
}

/* Nothing waits. */
static void rest(struct search_indexer *x)
{
    prune_changes(x);
    if (x->untidy)
        tidy(x);
}

static void *indexer_main(void *arg)
{
    struct search_indexer *x = arg;
    int64_t before = 0, now;
    int patience = 0;

    while (tick(x)) {
        if (db_changed(x->db))
            x->behind = true;
        if (!x->behind) {
            rest(x);
            continue;
        }
        now = count_waiting(x);
        if (now != before && now < BATCH && ++patience < PATIENCE_TICKS) {
            before = now;
            continue;
        }
        catch_up(x, now);
        before = patience = 0;
        if (x->fill.seen - x->pruned >= PRUNE_FROM)
            prune_changes(x);
    }
    return NULL;
}

void search_indexer_settle(struct search_indexer *x)
{
    do
        index_batch(x);
    while (x->behind && !x->failed);
    prune_changes(x);
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

struct search_indexer *search_indexer_new(struct lane *lane, struct db *db, struct db *index, bool thread)
{
    struct search_indexer *x = calloc(1, sizeof(*x));

    if (!x)
        abort();
    x->lane = lane;
    x->db = db;
    x->index = index ? index : db;
    x->arena = arena_new(ARENA_BYTES);
    x->behind = true; /* whatever the last process left */
    x->untidy = index != NULL;
    pthread_mutex_init(&x->lock, NULL);
    wait_init(&x->changed);
    if (!in_transaction(x, x->index, open_fill)) {
        search_indexer_free(x);
        return NULL;
    }
    x->pruned = x->fill.seen;
    x->has_thread = thread;
    if (thread)
        start_thread(x);
    return x;
}

void search_indexer_free(struct search_indexer *x)
{
    if (!x)
        return;
    raise_flag(x, &x->stop);
    if (x->has_thread)
        pthread_join(x->thread, NULL);
    pthread_cond_destroy(&x->changed);
    pthread_mutex_destroy(&x->lock);
    if (x->index != x->db)
        db_close(x->index);
    db_close(x->db);
    arena_free(x->arena);
    free(x);
}
