#include "api/limit.h"

#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 16384, PROBES = 8, SHARDS = 16, ONE_CALL = 1000000 };

static const int64_t US_PER_HOUR = INT64_C(3600000000);

/* Level in millionths of a call, so that slow refills do not round away. */
struct bucket {
    uint64_t key;
    int64_t level, at_us;
};

struct limiter {
    pthread_mutex_t lock[SHARDS];
    struct bucket buckets[SHARDS][SLOTS / SHARDS];
};

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

/* The bucket of key, or the one least lately used among its places, made new and full. */
static struct bucket *find(struct bucket *shard, uint64_t key, int64_t full, int64_t now_us)
{
    struct bucket *oldest = NULL;

    for (uint64_t i = 0; i < PROBES; i++) {
        struct bucket *b = &shard[(key / SHARDS + i) % (SLOTS / SHARDS)];
        if (b->key == key)
            return b;
        if (!oldest || b->at_us < oldest->at_us)
            oldest = b;
    }
    *oldest = (struct bucket){.key = key, .level = full, .at_us = now_us};
    return oldest;
}

bool limiter_take(struct limiter *l, uint64_t key, int per_minute, int burst, int64_t now_us, int *retry_after_s)
{
    int shard = (int)(key % SHARDS);
    int64_t full = (int64_t)burst * ONE_CALL;
    struct bucket *b;
    bool ok;

    pthread_mutex_lock(&l->lock[shard]);
    b = find(l->buckets[shard], key, full, now_us);
    if (now_us > b->at_us) {
        int64_t passed = now_us - b->at_us;
        if (passed > US_PER_HOUR) /* full by then; and the product below stays small */
            passed = US_PER_HOUR;
        b->level += passed * per_minute / 60; /* us × calls/minute ÷ 60 = millionths of a call */
        if (b->level > full)
            b->level = full;
        b->at_us = now_us;
    }
    ok = b->level >= ONE_CALL;
    if (ok)
        b->level -= ONE_CALL;
    else
        *retry_after_s = (int)((ONE_CALL - b->level) * 60 / per_minute / ONE_CALL) + 1;
    pthread_mutex_unlock(&l->lock[shard]);
    return ok;
}
