/* A gzip file that is written piece by piece, in memory that does not grow (ISA-L, level 1). */
#ifndef TAUT_ANALYTICS_GZ_H
#define TAUT_ANALYTICS_GZ_H

#include <string.h>

#include "base/str.h"

struct gz;

/* What a gz begins with: where the next byte goes.  Rows are many small pieces, so that most are put by what is inlined
 * below. */
struct gz_room {
    char *at, *end;
};

/* fd stays the caller's. */
struct gz *gz_new(int fd);
void gz_free(struct gz *g);
/* What does not fit: packs what is there. */
void gz_overflow(struct gz *g, const char *p, size_t n);

static inline void gz_put(struct gz *g, const char *p, size_t n)
{
    struct gz_room *r = (struct gz_room *)(void *)g;

    if (n > (size_t)(r->end - r->at)) {
        gz_overflow(g, p, n);
        return;
    }
    memcpy(r->at, p, n);
    r->at += n;
}

/* Writes the end.  False when not all of it could be written (errno). */
bool gz_end(struct gz *g);
/* CRC-32 of what was put, as gzip has it. */
uint32_t gz_crc(const struct gz *g);

static inline void gz_str(struct gz *g, struct str s)
{
    gz_put(g, s.p, s.n);
}
/* A string literal. */
#define GZ_TEXT(g, lit) gz_put((g), "" lit, sizeof(lit) - 1)
void gz_int(struct gz *g, int64_t v);
void gz_bool(struct gz *g, bool v);
/* As a JSON string, with its quotes.  s is UTF-8. */
void gz_quoted(struct gz *g, struct str s);
/* An object's id, with quotes. */
void gz_id(struct gz *g, int64_t id);

#endif
