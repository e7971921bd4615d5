#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BYTES = 256 };

struct buf buf_in(struct arena *a, size_t max_bytes)
{
    return (struct buf){.arena = a, .max = max_bytes};
}

struct buf buf_heap(size_t max_bytes)
{
    return (struct buf){.max = max_bytes};
}

struct buf buf_from(const struct memory *m, size_t max_bytes)
{
    return (struct buf){.max = max_bytes, .memory = m};
}

void buf_free(struct buf *b)
{
    if (b->memory)
        b->memory->resize(b->memory->context, b->p, 0);
    else if (!b->arena)
        free(b->p);
    *b = (struct buf){.arena = b->arena, .max = b->max, .memory = b->memory};
}

static char *grown(struct buf *b, size_t cap)
{
    char *p;

    if (b->memory)
        return b->memory->resize(b->memory->context, b->p, cap);
    if (b->arena) {
        p = arena_bytes(b->arena, cap);
        if (p && b->n)
            memcpy(p, b->p, b->n);
        return p;
    }
    p = realloc(b->p, cap);
    if (!p)
        abort();
    return p;
}

static bool grow_to(struct buf *b, size_t cap)
{
    char *p = grown(b, cap);

    if (!p) {
        b->over = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

bool buf_room(struct buf *b, size_t n)
{
    size_t cap = b->cap ? b->cap : FIRST_BYTES;

    if (b->over || n > b->max - b->n) {
        b->over = true;
        return false;
    }
    if (n <= b->cap - b->n)
        return true;
    while (cap - b->n < n)
        cap *= 2;
    return grow_to(b, cap);
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !buf_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}

void buf_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_i64(struct buf *b, int64_t v)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (v < 0)
        digits[--at] = '-';
    buf_put(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        abort();
    if (!buf_room(b, (size_t)n + 1))
        return;
    va_start(args, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, args);
    va_end(args);
    b->n += (size_t)n;
}
