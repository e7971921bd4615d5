#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { GAP = 16 }; /* poisoned, between two pieces */
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum { ALIGN = 16, BLOCK_MIN = 4096, BLOCK_GROWTH_MAX = 1 << 20 };

struct block {
    struct block *next;
    size_t cap, used;
    size_t pad; /* keeps bytes[] aligned */
    char bytes[];
};

struct arena {
    const struct memory *memory;
    struct block *first, *now;
    size_t used;
    bool failed;
};

/* The process's own memory: there is always enough, or no process. */
static void *must_resize(void *context, void *p, size_t bytes)
{
    (void)context;
    if (bytes == 0) {
        free(p);
        return NULL;
    }
    p = realloc(p, bytes);
    if (!p) {
        fputs("level=error event=out_of_memory hint=\"add memory, or lower the limits\"\n", stderr);
        abort();
    }
    return p;
}

static const struct memory process_memory = {must_resize, NULL};

static struct block *block_new(const struct memory *m, size_t cap)
{
    struct block *b = m->resize(m->context, NULL, sizeof(*b) + cap);

    if (!b)
        return NULL;
    *b = (struct block){.cap = cap};
    POISON(b->bytes, cap);
    return b;
}

static void block_free(const struct memory *m, struct block *b)
{
    UNPOISON(b->bytes, b->cap);
    m->resize(m->context, b, 0);
}

struct arena *arena_new_from(const struct memory *m, size_t first_bytes)
{
    struct arena *a = m->resize(m->context, NULL, sizeof(*a));
    struct block *first = a ? block_new(m, first_bytes < BLOCK_MIN ? BLOCK_MIN : first_bytes) : NULL;

    if (!first) {
        if (a)
            m->resize(m->context, a, 0);
        return NULL;
    }
    *a = (struct arena){.memory = m, .first = first, .now = first};
    return a;
}

struct arena *arena_new(size_t first_bytes)
{
    return arena_new_from(&process_memory, first_bytes);
}

bool arena_failed(const struct arena *a)
{
    return a->failed;
}

static void free_after_first(struct arena *a)
{
    struct block *b = a->first->next;

    while (b) {
        struct block *next = b->next;
        block_free(a->memory, b);
        b = next;
    }
    a->first->next = NULL;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    free_after_first(a);
    block_free(a->memory, a->first);
    a->memory->resize(a->memory->context, a, 0);
}

void arena_reset(struct arena *a)
{
    free_after_first(a);
    POISON(a->first->bytes, a->first->cap);
    a->first->used = 0;
    a->now = a->first;
    a->used = 0;
    a->failed = false;
}

/* A block with room for bytes: twice the last one, so that many small pieces need few blocks; NULL when there is no
 * memory. */
static struct block *grow(struct arena *a, size_t bytes)
{
    size_t cap = a->now->cap * 2;
    struct block *b;

    if (cap > BLOCK_GROWTH_MAX)
        cap = BLOCK_GROWTH_MAX;
    if (cap < bytes)
        cap = bytes;
    b = block_new(a->memory, cap);
    if (!b) {
        a->failed = true;
        return NULL;
    }
    a->now->next = b;
    a->now = b;
    return b;
}

char *arena_bytes(struct arena *a, size_t bytes)
{
    size_t take = (bytes + GAP + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = a->now;
    char *p;

    if (take < bytes)
        abort(); /* more than the address space: a caller's length went wrong */
    if (b->cap - b->used < take)
        b = grow(a, take);
    if (!b)
        return NULL;
    p = b->bytes + b->used;
    b->used += take;
    a->used += take;
    UNPOISON(p, bytes);
    return p;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    void *p = arena_bytes(a, bytes);

    return p ? memset(p, 0, bytes) : NULL;
}

struct str arena_dup(struct arena *a, struct str s)
{
    char *p = arena_bytes(a, s.n);

    if (!p)
        return S("");
    if (s.n)
        memcpy(p, s.p, s.n);
    return str_of(p, s.n);
}

char *arena_cstr(struct arena *a, struct str s)
{
    char *p = arena_bytes(a, s.n + 1);

    if (!p)
        return NULL;
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    char small[256], *p = small;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(small, sizeof(small), fmt, args);
    va_end(args);
    if (n < 0)
        abort(); /* a format of ours is wrong */
    p = arena_bytes(a, (size_t)n + 1);
    if (!p)
        return S("");
    if ((size_t)n < sizeof(small)) {
        memcpy(p, small, (size_t)n + 1);
        return str_of(p, (size_t)n);
    }
    va_start(args, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    return str_of(p, (size_t)n);
}

struct str arena_join(struct arena *a, const struct str *pieces, int n)
{
    size_t bytes = 0;
    char *p, *at;

    for (int i = 0; i < n; i++)
        bytes += pieces[i].n;
    p = at = arena_bytes(a, bytes + 1);
    if (!p)
        return S("");
    for (int i = 0; i < n; i++) {
        if (pieces[i].n)
            memcpy(at, pieces[i].p, pieces[i].n);
        at += pieces[i].n;
    }
    *at = '\0';
    return str_of(p, bytes);
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
