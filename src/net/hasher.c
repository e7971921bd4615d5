#include "net/hasher.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    RING_BYTES = 1 << 20,
    PIECE_BYTES = 1 << 16, /* hashed before there is room for as much again */
    WORTH_BYTES = 1 << 15  /* waking a thread costs as much as hashing a few thousand bytes */
};

struct hasher {
    pthread_mutex_t lock; /* all below, but for the bytes between hashed and added: they are the thread's */
    pthread_cond_t more, room;
    pthread_t thread; /* started when first needed */
    bool started, ending;
    bool filling;         /* somebody is in fill: the ring is taken, though it may be empty */
    EVP_MD_CTX *hash;     /* whose bytes lie in the ring */
    char *ring;           /* byte i of them all at i % RING_BYTES */
    size_t added, hashed; /* of all bytes ever */
};

static void add(EVP_MD_CTX *hash, struct str bytes)
{
    if (!EVP_DigestUpdate(hash, bytes.p, bytes.n))
        abort(); /* it takes all bytes once it has begun */
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Bytes of the ring from the i-th ever on, at most n, as far as they lie in one piece. */
static size_t in_one_piece(size_t i, size_t n)
{
    return least(n, RING_BYTES - i % RING_BYTES);
}

static void *hasher_main(void *arg)
{
    struct hasher *h = arg;

    pthread_mutex_lock(&h->lock);
    while (!h->ending) {
        size_t n = in_one_piece(h->hashed, least(h->added - h->hashed, PIECE_BYTES));

        if (n == 0) {
            pthread_cond_wait(&h->more, &h->lock);
            continue;
        }
        pthread_mutex_unlock(&h->lock);
        add(h->hash, str_of(h->ring + h->hashed % RING_BYTES, n));
        pthread_mutex_lock(&h->lock);
        h->hashed += n;
        pthread_cond_signal(&h->room);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

struct hasher *hasher_new(void)
{
    struct hasher *h = calloc(1, sizeof(*h));

    if (!h)
        abort();
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->more, NULL);
    pthread_cond_init(&h->room, NULL);
    return h;
}

/* False when there can be no thread. */
static bool start(struct hasher *h)
{
    if (h->started)
        return true;
    if (!h->ring)
        h->ring = malloc(RING_BYTES);
    if (!h->ring)
        abort();
    h->started = pthread_create(&h->thread, NULL, hasher_main, h) == 0;
    if (h->started)
        pthread_setname_np(h->thread, "hasher");
    return h->started;
}

/* Under the lock.  True when the thread is to hash so many bytes for hash, which has it then. */
static bool take(struct hasher *h, EVP_MD_CTX *hash, size_t bytes_n)
{
    if (h->filling || h->added > h->hashed)
        return h->hash == hash;
    if (bytes_n < WORTH_BYTES || !start(h))
        return false;
    h->hash = hash;
    return true;
}

/* Under the lock, but for the copying. */
static void fill(struct hasher *h, struct str bytes)
{
    h->filling = true;
    while (bytes.n) {
        size_t n = in_one_piece(h->added, least(bytes.n, RING_BYTES - (h->added - h->hashed)));

        if (n == 0) {
            pthread_cond_wait(&h->room, &h->lock);
            continue;
        }
        pthread_mutex_unlock(&h->lock);
        memcpy(h->ring + h->added % RING_BYTES, bytes.p, n);
        pthread_mutex_lock(&h->lock);
        h->added += n;
        pthread_cond_signal(&h->more);
        bytes = str_skip(bytes, n);
    }
    h->filling = false;
}

void hasher_add(struct hasher *h, EVP_MD_CTX *hash, struct str bytes)
{
    bool taken;

    pthread_mutex_lock(&h->lock);
    taken = take(h, hash, bytes.n);
    if (taken)
        fill(h, bytes);
    pthread_mutex_unlock(&h->lock);
    if (!taken)
        add(hash, bytes);
}

void hasher_finish(struct hasher *h, EVP_MD_CTX *hash)
{
    pthread_mutex_lock(&h->lock);
    while (h->hash == hash && h->added > h->hashed)
        pthread_cond_wait(&h->room, &h->lock);
    pthread_mutex_unlock(&h->lock);
}

void hasher_free(struct hasher *h)
{
    pthread_mutex_lock(&h->lock);
    h->ending = true;
    pthread_cond_signal(&h->more);
    pthread_mutex_unlock(&h->lock);
    if (h->started)
        pthread_join(h->thread, NULL);
    pthread_cond_destroy(&h->room);
    pthread_cond_destroy(&h->more);
    pthread_mutex_destroy(&h->lock);
    free(h->ring);
    free(h);
}
