/* Bytes that grow, with a largest size fixed at birth.
 *
 * Growth comes from the arena given; a buf without arena uses malloc, or the
 * memory it was given, and its owner calls buf_free.  Writing past `max` sets
 * `over` and drops the bytes, and so does memory that gives nothing: writers
 * need no checks, the one who sends looks at `over` once. */
#ifndef TAUT_BASE_BUF_H
#define TAUT_BASE_BUF_H

#include "base/arena.h"

struct buf {
    char *p;
    size_t n, cap, max;
    struct arena *arena;
    const struct memory *memory;
    bool over;
};

struct buf buf_in(struct arena *a, size_t max_bytes);
struct buf buf_heap(size_t max_bytes);
struct buf buf_from(const struct memory *m, size_t max_bytes); /* NULL: buf_heap */
void buf_free(struct buf *b);                                  /* only for these two */
/* Room for n more bytes; false (and over) when that exceeds max. */
bool buf_room(struct buf *b, size_t n);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

#endif
