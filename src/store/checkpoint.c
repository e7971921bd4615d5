#include "store/checkpoint.h"
#include "store/db_engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    LOG_PAGES = 1000, /* 4 MB: the log is copied when it is this long … */
    REST_PAGES = 100, /* … until no more than this is left for the lane … */
    COPIES_MAX = 4,   /* … or the lane is faster than the copying */
    MOST_PAGES = 4000 /* 16 MB: so long a log waits for the copying */
};

enum step { STEP_IDLE, STEP_COPY, STEP_RESTART, STEP_END };

struct checkpoint {
    struct db *writer;
    int next_pages; /* log length at which the next copy begins; the writer's thread only */
    atomic_int step;
    pthread_mutex_t lock; /* for the sleep of the thread */
    pthread_cond_t wake, copied;
    pthread_t thread;
};

static bool copy(struct db **db, struct db *writer)
{
    int left_n = 0;

    if (!*db)
        *db = sqlite_wal_open(writer);
    if (!*db)
        return false;
    for (int i = 0; i < COPIES_MAX; i++) {
        if (!sqlite_wal_copy(*db, &left_n))
            return false;
        if (left_n <= REST_PAGES)
            break;
    }
    return true;
}

static void *checkpoint_main(void *arg)
{
    struct checkpoint *cp = arg;
    struct db *db = NULL; /* opened when first needed: a short-lived server never does */
    int step;

    for (;;) {
        pthread_mutex_lock(&cp->lock);
        while ((step = atomic_load(&cp->step)) != STEP_COPY && step != STEP_END)
            pthread_cond_wait(&cp->wake, &cp->lock);
        pthread_mutex_unlock(&cp->lock);
        if (step == STEP_END)
            break;
        /* Not when it ended meanwhile. */
        atomic_compare_exchange_strong(&cp->step, &step, copy(&db, cp->writer) ? STEP_RESTART : STEP_IDLE);
        pthread_mutex_lock(&cp->lock);
        pthread_cond_signal(&cp->copied);
        pthread_mutex_unlock(&cp->lock);
    }
    db_close(db);
    return NULL;
}

struct checkpoint *checkpoint_new(struct db *writer)
{
    struct checkpoint *cp = calloc(1, sizeof *cp);

    if (!cp)
        abort();
    cp->writer = writer;
    cp->next_pages = LOG_PAGES;
    pthread_mutex_init(&cp->lock, NULL);
    pthread_cond_init(&cp->wake, NULL);
    pthread_cond_init(&cp->copied, NULL);
    if (pthread_create(&cp->thread, NULL, checkpoint_main, cp) != 0)
        abort();
    pthread_setname_np(cp->thread, "checkpoint");
    return cp;
}

static void go(struct checkpoint *cp, enum step step)
{
    pthread_mutex_lock(&cp->lock);
    atomic_store(&cp->step, step);
    pthread_cond_signal(&cp->wake);
    pthread_mutex_unlock(&cp->lock);
}

void checkpoint_after(struct checkpoint *cp)
{
    int pages = sqlite_wal_pages(cp->writer);

    if (pages < cp->next_pages) {
        if (pages < LOG_PAGES)
            cp->next_pages = LOG_PAGES; /* the log has begun afresh */
        return;
    }
    if (atomic_load(&cp->step) != STEP_IDLE)
        return;
    cp->next_pages = pages + LOG_PAGES; /* also when it fails: a full disk is not tried at each commit */
    go(cp, STEP_COPY);
}

/* A copier that gets no time, or a slow disk, must not let the log grow for ever. */
static void wait_for_copy(struct checkpoint *cp)
{
    pthread_mutex_lock(&cp->lock);
    while (atomic_load(&cp->step) == STEP_COPY)
        pthread_cond_wait(&cp->copied, &cp->lock);
    pthread_mutex_unlock(&cp->lock);
}

void checkpoint_before(struct checkpoint *cp)
{
    if (atomic_load(&cp->step) == STEP_COPY && sqlite_wal_pages(cp->writer) > MOST_PAGES)
        wait_for_copy(cp);
    if (atomic_load(&cp->step) != STEP_RESTART)
        return;
    sqlite_wal_restart(cp->writer);
    atomic_store(&cp->step, STEP_IDLE);
}

void checkpoint_free(struct checkpoint *cp)
{
    go(cp, STEP_END);
    pthread_join(cp->thread, NULL);
    pthread_cond_destroy(&cp->wake);
    pthread_cond_destroy(&cp->copied);
    pthread_mutex_destroy(&cp->lock);
    free(cp);
}
