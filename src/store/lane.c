#include "store/lane.h"
#include "base/clock.h"
#include "store/checkpoint.h"
#include "store/db_engine.h"
#include "store/outage.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH_MAX = 256, BATCH_US = 5000, TRIES_MAX = 100, RETRY_WAIT_US = 200, DOUBLINGS_MAX = 6, KEYS = 64 };

/* A list of jobs, first in first out. */
struct jobs {
    struct lane_job *first, **end;
};

struct lane {
    struct db *writer; /* NULL: PostgreSQL, and nothing below is used */
    int batch_max;
    int64_t batch_us;
    void (*others_wrote)(void);
    struct checkpoint *checkpoint;
    pthread_t thread;

    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t wake;
    struct jobs queue;
    bool ending;

    pthread_mutex_t keys[KEYS]; /* PostgreSQL: whose job's key falls on one has it */
};

static void jobs_clear(struct jobs *q)
{
    q->first = NULL;
    q->end = &q->first;
}

static void jobs_push(struct jobs *q, struct lane_job *job)
{
    job->next = NULL;
    *q->end = job;
    q->end = &job->next;
}

/* Moves all of from to the end of to. */
static void jobs_move(struct jobs *to, struct jobs *from)
{
    if (!from->first)
        return;
    *to->end = from->first;
    to->end = from->end;
    jobs_clear(from);
}

static struct lane_job *jobs_shift(struct jobs *q)
{
    struct lane_job *job = q->first;

    if (job) {
        q->first = job->next;
        if (!q->first)
            q->end = &q->first;
    }
    return job;
}

/* The thread's side, SQLite */

/* Takes over what is queued; waits for it when told to.  False when nothing is there. */
static bool take(struct lane *l, struct jobs *taken, bool wait)
{
    pthread_mutex_lock(&l->lock);
    while (wait && !l->queue.first && !l->ending)
        pthread_cond_wait(&l->wake, &l->lock);
    jobs_move(taken, &l->queue);
    pthread_mutex_unlock(&l->lock);
    return taken->first != NULL;
}

static void run_unit(struct lane_job *job, struct db *writer)
{
    db_unit_begin(writer);
    job->keep = job->run(job, writer);
    /* A unit that could not be ended makes the commit fail, which tells its job. */
    db_unit_end(writer, job->keep);
}

/* Runs jobs until none is waiting or the batch is full; moves them to ran. */
static void run_batch(struct lane *l, struct jobs *taken, struct jobs *ran)
{
    int64_t until_us = clock_mono_us() + l->batch_us;
    struct lane_job *job;

    for (int n = 0; n < l->batch_max && (taken->first || take(l, taken, false)); n++) {
        job = jobs_shift(taken);
        run_unit(job, l->writer);
        jobs_push(ran, job);
        if (clock_mono_us() >= until_us)
            break;
    }
}

static void tell(struct jobs *jobs, enum db_status st)
{
    struct lane_job *job;

    while ((job = jobs_shift(jobs)))
        job->done(job, st == DB_OK, st); /* the job may be gone after this */
}

static void batch(struct lane *l, struct jobs *taken)
{
    struct jobs ran;
    enum db_status st;

    jobs_clear(&ran);
    checkpoint_before(l->checkpoint);
    st = db_begin(l->writer);
    if (st != DB_OK) {
        tell(taken, st);
        return;
    }
    if (l->others_wrote && db_changed(l->writer))
        l->others_wrote();
    run_batch(l, taken, &ran);
    st = db_commit(l->writer);
    checkpoint_after(l->checkpoint);
    tell(&ran, st);
}

static void *lane_main(void *arg)
{
    struct lane *l = arg;
    struct jobs taken;

    jobs_clear(&taken);
    /* What a full batch left over comes first. */
    while (taken.first || take(l, &taken, true))
        batch(l, &taken);
    return NULL;
}

/* The submitter's side */

/* Neighbours that collided must not do so again in step. */
static void wait_before_retry(int try)
{
    int64_t most_us = (int64_t)RETRY_WAIT_US << (try < DOUBLINGS_MAX ? try : DOUBLINGS_MAX);
    struct timespec ts = {.tv_nsec = (long)(clock_mono_us() % most_us + most_us / 4) * 1000};

    nanosleep(&ts, NULL);
}

/* One transaction of its own.  DB_RETRY: run it again. */
static enum db_status run_alone(struct lane_job *job, struct db *db)
{
    enum db_status st = db_begin(db);

    if (st != DB_OK)
        return st;
    job->keep = job->run(job, db);
    if (job->keep && !db_wants_retry(db))
        return db_commit(db);
    st = db_wants_retry(db) ? DB_RETRY : DB_OK;
    db_rollback(db);
    return st;
}

/* Two that read and change the same row at once cost one of them its work, and with many, one could lose every time. So
 * those of one key that lost go one after the other; they meet none but newcomers and other nodes. */
static enum db_status run_to_end(struct lane *l, struct lane_job *job, struct db *db)
{
    pthread_mutex_t *turn = job->key ? &l->keys[job->key % KEYS] : NULL;
    enum db_status st = run_alone(job, db);

    if (st != DB_RETRY)
        return st;
    if (turn)
        pthread_mutex_lock(turn);
    for (int try = 1; st == DB_RETRY && try < TRIES_MAX; try++) {
        if (!turn || try > 1)
            wait_before_retry(try);
        st = run_alone(job, db);
    }
    if (turn)
        pthread_mutex_unlock(turn);
    return st;
}

static void run_here(struct lane *l, struct lane_job *job, struct db *db)
{
    enum db_status st = run_to_end(l, job, db);

    if (st == DB_RETRY) {
        fault_log(DB_POSTGRES, db->retry_query, db->retry_why);
        st = DB_UNAVAILABLE;
    }
    job->done(job, st == DB_OK, st);
}

void lane_submit(struct lane *l, struct lane_job *job, struct db *db)
{
    if (!l->writer) {
        run_here(l, job, db);
        return;
    }
    pthread_mutex_lock(&l->lock);
    jobs_push(&l->queue, job);
    pthread_mutex_unlock(&l->lock);
    pthread_cond_signal(&l->wake);
}

/* Signals are the main thread's business; threads inherit its mask. */
static void start_threads(struct lane *l)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    l->checkpoint = checkpoint_new(l->writer);
    if (pthread_create(&l->thread, NULL, lane_main, l) != 0)
        abort();
    pthread_setname_np(l->thread, "lane");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct lane *lane_new(struct db *writer, const struct lane_options *opt)
{
    struct lane *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    l->writer = writer;
    l->batch_max = opt && opt->batch_max > 0 ? opt->batch_max : BATCH_MAX;
    l->batch_us = opt && opt->batch_us > 0 ? opt->batch_us : BATCH_US;
    l->others_wrote = opt ? opt->others_wrote : NULL;
    jobs_clear(&l->queue);
    for (int i = 0; i < KEYS; i++)
        pthread_mutex_init(&l->keys[i], NULL);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    if (writer)
        start_threads(l);
    return l;
}

void lane_free(struct lane *l)
{
    if (l->writer) {
        pthread_mutex_lock(&l->lock);
        l->ending = true;
        pthread_mutex_unlock(&l->lock);
        pthread_cond_signal(&l->wake);
        pthread_join(l->thread, NULL);
        checkpoint_free(l->checkpoint);
        db_close(l->writer);
    }
    for (int i = 0; i < KEYS; i++)
        pthread_mutex_destroy(&l->keys[i]);
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
