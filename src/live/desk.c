#include "live/desk.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait.h"

enum { EACH_S = 1 };

struct desk {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct desk_job *jobs, **tail;
    bool over;
    void (*each)(void *ctx);
    void *ctx;
};

/* The next job; NULL after a second without, or at the end. */
static struct desk_job *next_job(struct desk *d, bool *over)
{
    struct desk_job *job;

    pthread_mutex_lock(&d->lock);
    if (!d->jobs && !d->over)
        wait_until(&d->changed, &d->lock, clock_mono_us() + EACH_S * US_PER_S);
    job = d->jobs;
    if (job)
        d->jobs = job->next;
    if (!d->jobs)
        d->tail = &d->jobs;
    *over = !job && d->over;
    pthread_mutex_unlock(&d->lock);
    return job;
}

static void *desk_main(void *arg)
{
    struct desk *d = arg;
    int64_t last_us = clock_mono_us();
    bool over = false;

    while (!over) {
        struct desk_job *job = next_job(d, &over);

        if (job)
            job->run(job);
        if (!over && clock_mono_us() - last_us >= EACH_S * US_PER_S) {
            last_us = clock_mono_us();
            d->each(d->ctx);
        }
    }
    return NULL;
}

/* Signals are the main thread's business. */
struct desk *desk_new(void (*each)(void *ctx), void *ctx)
{
    struct desk *d = calloc(1, sizeof(*d));
    sigset_t all, before;

    if (!d)
        abort();
    d->tail = &d->jobs;
    d->each = each;
    d->ctx = ctx;
    pthread_mutex_init(&d->lock, NULL);
    wait_init(&d->changed);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&d->thread, NULL, desk_main, d) != 0)
        abort();
    pthread_setname_np(d->thread, "desk");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return d;
}

void desk_submit(struct desk *d, struct desk_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&d->lock);
    *d->tail = job;
    d->tail = &job->next;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

void desk_free(struct desk *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->over = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}
