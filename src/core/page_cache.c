#include "core/page_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { SHARDS = 16, SLOTS = 64 };

struct held {
    struct page page; /* first: a struct page * is a struct held * */
    _Atomic int refs;
    char bytes[];
};

struct shard {
    pthread_mutex_t lock;
    struct held *slots[SLOTS];
    size_t bytes;
    unsigned hand; /* next slot to give up when full */
};

struct page_cache {
    size_t shard_bytes;
    struct shard shards[SHARDS];
};

struct page_cache *page_cache_new(size_t max_bytes)
{
    struct page_cache *cache = calloc(1, sizeof(*cache));

    if (!cache)
        abort();
    cache->shard_bytes = max_bytes / SHARDS;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&cache->shards[i].lock, NULL);
    return cache;
}

void page_release(void *page)
{
    struct held *h = page;

    if (h && atomic_fetch_sub(&h->refs, 1) == 1)
        free(h);
}

static void drop(struct shard *s, unsigned at)
{
    if (!s->slots[at])
        return;
    s->bytes -= s->slots[at]->page.body.n;
    page_release(s->slots[at]);
    s->slots[at] = NULL;
}

void page_cache_free(struct page_cache *cache)
{
    if (!cache)
        return;
    for (int i = 0; i < SHARDS; i++) {
        for (unsigned at = 0; at < SLOTS; at++)
            drop(&cache->shards[i], at);
        pthread_mutex_destroy(&cache->shards[i].lock);
    }
    free(cache);
}

/* By what is asked, without version and hour: a newer page takes its predecessor's slot. */
static uint64_t hash(const struct page_key *k)
{
    const int64_t parts[] = {k->channel, k->from_ts, k->to_ts, k->limit, k->origin, k->flags};
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15);

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        h = (h ^ (uint64_t)parts[i]) * UINT64_C(0xBF58476D1CE4E5B9);
        h ^= h >> 31;
    }
    return h;
}

/* Every field: a key has no padding. */
static bool same(const struct page_key *a, const struct page_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

struct page *page_cache_get(struct page_cache *cache, const struct page_key *key)
{
    uint64_t h = hash(key);
    struct shard *s = &cache->shards[h % SHARDS];
    struct held *found;

    pthread_mutex_lock(&s->lock);
    found = s->slots[h / SHARDS % SLOTS];
    if (found && same(&found->page.key, key))
        atomic_fetch_add(&found->refs, 1);
    else
        found = NULL;
    pthread_mutex_unlock(&s->lock);
    return (struct page *)found;
}

struct page *page_cache_put(struct page_cache *cache, const struct page_key *key, struct str body)
{
    uint64_t h = hash(key);
    struct shard *s = &cache->shards[h % SHARDS];
    struct held *new = malloc(sizeof(*new) + body.n);

    if (!new)
        return NULL;
    memcpy(new->bytes, body.p, body.n);
    new->page = (struct page){*key, str_of(new->bytes, body.n)};
    atomic_init(&new->refs, 1);
    if (body.n > cache->shard_bytes)
        return &new->page;
    pthread_mutex_lock(&s->lock);
    drop(s, h / SHARDS % SLOTS);
    while (s->bytes + body.n > cache->shard_bytes)
        drop(s, s->hand++ % SLOTS);
    atomic_fetch_add(&new->refs, 1);
    s->slots[h / SHARDS % SLOTS] = new;
    s->bytes += body.n;
    pthread_mutex_unlock(&s->lock);
    return &new->page;
}
