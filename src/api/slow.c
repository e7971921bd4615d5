#include "api/slow.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct slow_thread {
    struct slow *slow;
    pthread_t id;
    int index;
};

struct slow {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct slow_job *first, **end;
    bool ending;
    struct slow_thread threads[SLOW_THREADS];
    int n;
};

/* NULL: the queue is empty and nothing will come. */
static struct slow_job *take(struct slow *s)
{
    struct slow_job *job;

    pthread_mutex_lock(&s->lock);
    while (!s->first && !s->ending)
        pthread_cond_wait(&s->wake, &s->lock);
    job = s->first;
    if (job) {
        s->first = job->next;
        if (!s->first)
            s->end = &s->first;
    }
    pthread_mutex_unlock(&s->lock);
    return job;
}

static void *work(void *arg)
{
    struct slow_thread *t = arg;
    struct slow_job *job;

    while ((job = take(t->slow)))
        job->run(job, t->index);
    return NULL;
}

struct slow *slow_new(void)
{
    struct slow *s = calloc(1, sizeof(*s));

    if (!s)
        abort();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    s->end = &s->first;
    for (; s->n < SLOW_THREADS; s->n++) {
        struct slow_thread *t = &s->threads[s->n];
        *t = (struct slow_thread){.slow = s, .index = s->n};
        if (pthread_create(&t->id, NULL, work, t) != 0)
            abort();
    }
    return s;
}

void slow_submit(struct slow *s, struct slow_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&s->lock);
    *s->end = job;
    s->end = &job->next;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

void slow_free(struct slow *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->ending = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->n; i++)
        pthread_join(s->threads[i].id, NULL);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
