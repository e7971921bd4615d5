/* Memory that is freed all at once.
 *
 * A request owns one arena.  Whatever a handler takes from it stays valid until
 * the reply has been written; nobody frees a single piece.  The arena aborts
 * when the machine has no memory, so callers never test for NULL.
 *
 * An arena with a memory of its own (a library's, in somebody else's process)
 * does not abort: pieces are then NULL, texts empty, and arena_failed says so. */
#ifndef TAUT_BASE_ARENA_H
#define TAUT_BASE_ARENA_H

#include "base/str.h"

struct arena;

/* Where memory comes from.  resize is called as realloc is, and with 0 bytes to free p; NULL: there is none. */
struct memory {
    void *(*resize)(void *context, void *p, size_t bytes);
    void *context;
};

/* first_bytes: size of the first block, kept over arena_reset. */
struct arena *arena_new(size_t first_bytes);
/* The same out of m, which must outlive it; NULL when m gives nothing. */
struct arena *arena_new_from(const struct memory *m, size_t first_bytes);
/* Did m give nothing since the last reset? */
bool arena_failed(const struct arena *a);
void arena_free(struct arena *a);
/* Gives back all pieces; keeps the first block. */
void arena_reset(struct arena *a);
/* Zeroed, 16-aligned. */
void *arena_alloc(struct arena *a, size_t bytes);
/* Not zeroed: for bytes that are written at once. */
char *arena_bytes(struct arena *a, size_t bytes);
struct str arena_dup(struct arena *a, struct str s);
/* NUL-ended copy, for C libraries. */
char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The pieces one after the other; much cheaper than arena_printf on the way of every call. */
struct str arena_join(struct arena *a, const struct str *pieces, int n);
#define ARENA_JOIN(a, ...)                                                                                             \
    arena_join((a), (const struct str[]){__VA_ARGS__},                                                                 \
               (int)(sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str)))
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

#endif
