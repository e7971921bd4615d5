#include "api/limit.h"

#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 16384, PROBES = 8, SHARDS = 16, ONE = 1000000 };

static const int64_t US_PER_HOUR = INT64_C(3600000000);

struct place {
    uint64_t key;
    struct bucket bucket;
};

struct limiter {
    pthread_mutex_t lock[SHARDS];
    struct place places[SHARDS][SLOTS / SHARDS];
};

/* What has flowed back since. */
static void refill(struct bucket *b, int per_minute, int64_t now_us)
{
    int64_t passed = now_us - b->at_us;

    if (passed <= 0)
        return;
    if (passed > US_PER_HOUR) /* full by then; and the product below stays small */
        passed = US_PER_HOUR;
    b->used -= passed * per_minute / 60; /* us × a minute's ÷ 60 = millionths */
    if (b->used < 0)
        b->used = 0;
    b->at_us = now_us;
}

bool bucket_take(struct bucket *b, const struct pace *pace, int n, int64_t now_us, int *retry_after_s)
{
    int64_t missing;

    refill(b, pace->per_minute, now_us);
    missing = b->used + (int64_t)n * ONE - (int64_t)pace->at_once * ONE;
    if (missing <= 0)
        b->used += (int64_t)n * ONE;
    else
        *retry_after_s = (int)(missing * 60 / pace->per_minute / ONE) + 1;
    return missing <= 0;
}

struct limiter *limiter_new(void)
{
    struct limiter *l = calloc(1, sizeof(*l));

    if (!l)
        abort();
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&l->lock[i], NULL);
    return l;
}

void limiter_free(struct limiter *l)
{
    if (!l)
        return;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&l->lock[i]);
    free(l);
}

/* The bucket of key, or the one least lately used among its places, made new. */
static struct bucket *find(struct place *shard, uint64_t key, int64_t now_us)
{
    struct place *oldest = NULL;

    for (uint64_t i = 0; i < PROBES; i++) {
        struct place *p = &shard[(key / SHARDS + i) % (SLOTS / SHARDS)];
        if (p->key == key)
            return &p->bucket;
        if (!oldest || p->bucket.at_us < oldest->bucket.at_us)
            oldest = p;
    }
    *oldest = (struct place){.key = key, .bucket = {.at_us = now_us}};
    return &oldest->bucket;
}

bool limiter_take(struct limiter *l, uint64_t key, const struct pace *pace, int64_t now_us, int *retry_after_s)
{
    int shard = (int)(key % SHARDS);
    bool ok;

    pthread_mutex_lock(&l->lock[shard]);
    ok = bucket_take(find(l->places[shard], key, now_us), pace, 1, now_us, retry_after_s);
    pthread_mutex_unlock(&l->lock[shard]);
    return ok;
}
