/* Streams in pieces of all sizes, some at once: each comes to the SHA-256 of its bytes, whoever hashed which piece. */
#include "check.h"
#include "base/rand.h"
#include "net/hasher.h"

#include <openssl/evp.h>
#include <pthread.h>

enum { STREAM_BYTES = 5 << 20, STREAMS = 4 };

static struct hasher *hasher;
static char bytes[STREAM_BYTES];

static EVP_MD_CTX *begin(void)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();

    CHECK(hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL));
    return hash;
}

/* Adds a piece out of a buffer that changes at once, as the receiver's does. */
static void add(EVP_MD_CTX *hash, struct str piece)
{
    char *copy = malloc(piece.n + 1);

    CHECK(copy);
    memcpy(copy, piece.p, piece.n);
    hasher_add(hasher, hash, str_of(copy, piece.n));
    memset(copy, 0, piece.n);
    free(copy);
}

static void check_end(EVP_MD_CTX *hash, struct str all)
{
    unsigned char got[SHA256_BYTES], want[SHA256_BYTES];

    hasher_finish(hasher, hash);
    CHECK(EVP_DigestFinal_ex(hash, got, NULL));
    EVP_MD_CTX_free(hash);
    sha256(all, want);
    CHECK(memcmp(got, want, SHA256_BYTES) == 0);
}

static void stream(struct str all, size_t piece)
{
    EVP_MD_CTX *hash = begin();

    for (struct str rest = all; rest.n; rest = str_skip(rest, piece))
        add(hash, str_head(rest, piece));
    check_end(hash, all);
}

/* Large and small pieces by turns: the small ones come while the large ones are still under way. */
static void large_and_small(struct str all)
{
    EVP_MD_CTX *hash = begin();
    bool small = false;

    for (struct str rest = all; rest.n; small = !small) {
        size_t piece = small ? 1 : 200000;

        add(hash, str_head(rest, piece));
        rest = str_skip(rest, piece);
    }
    check_end(hash, all);
}

static void pieces_of_all_sizes(void)
{
    static const size_t sizes[] = {1000, 32768, 65536, 65537, 99991, 1 << 20, 3000000, STREAM_BYTES};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        stream(str_of(bytes, STREAM_BYTES), sizes[i]);
    large_and_small(str_of(bytes, STREAM_BYTES));
    stream(S(""), 1);
}

/* One thread, two streams by turns: the second comes while bytes of the first may be under way. */
static void two_by_turns(void)
{
    EVP_MD_CTX *a = begin(), *b = begin();
    struct str all = str_of(bytes, STREAM_BYTES);

    for (struct str rest = all; rest.n; rest = str_skip(rest, 100000)) {
        add(a, str_head(rest, 100000));
        add(b, str_head(rest, 100000));
    }
    check_end(a, all);
    check_end(b, all);
}

static void *many_streams(void *arg)
{
    size_t first = *(size_t *)arg;

    for (size_t i = 0; i < 6; i++)
        stream(str_skip(str_of(bytes, STREAM_BYTES), first), i % 2 ? 50000 : 700000);
    return NULL;
}

static void many_at_once(void)
{
    pthread_t threads[STREAMS];
    size_t first[STREAMS];

    for (size_t i = 0; i < STREAMS; i++) {
        first[i] = i * 1000;
        CHECK(pthread_create(&threads[i], NULL, many_streams, &first[i]) == 0);
    }
    for (size_t i = 0; i < STREAMS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(void)
{
    rand_init();
    rand_bytes(bytes, sizeof(bytes));
    hasher = hasher_new();
    pieces_of_all_sizes();
    two_by_turns();
    many_at_once();
    hasher_free(hasher);
    hasher_free(hasher_new()); /* never needed */
    return 0;
}
