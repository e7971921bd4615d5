/* gzip (RFC 1952) as it comes: one member after the other.  By ISA-L, which reads it twice as fast as zlib. */
#ifndef TAUT_CLIENT_GUNZIP_H
#define TAUT_CLIENT_GUNZIP_H

#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stddef.h>

struct gunzip {
    struct inflate_state state;
    bool begun; /* inside a member */
};

enum gunzip_step {
    GUNZIP_MORE,   /* all input is used */
    GUNZIP_FULL,   /* the output is full; there may be more */
    GUNZIP_BROKEN, /* this is no gzip, or its checksum is wrong */
};

void gunzip_init(struct gunzip *g);
/* Input for gunzip_read; it must stay where it is until GUNZIP_MORE. */
void gunzip_feed(struct gunzip *g, const void *p, size_t n);
/* Up to n bytes into p; *got says how many. */
enum gunzip_step gunzip_read(struct gunzip *g, void *p, size_t n, size_t *got);
/* May the input end here? */
static inline bool gunzip_whole(const struct gunzip *g)
{
    return !g->begun;
}

#endif
