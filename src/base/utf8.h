/* UTF-8 (RFC 3629): checking, counting, folding. */
#ifndef TAUT_BASE_UTF8_H
#define TAUT_BASE_UTF8_H

#include <stdarg.h>

#include "base/arena.h"

bool utf8_valid(struct str s);
/* Checks text that comes piece by piece.  Zero at first. */
struct utf8_stream {
    uint8_t need;      /* bytes that the character begun still lacks; 0 between characters */
    uint8_t low, high; /* what the next of them may be */
};
/* False as soon as no text can begin like this. */
bool utf8_stream_take(struct utf8_stream *u, struct str piece);
/* Number of code points; s is valid. */
size_t utf8_count(struct str s);
/* The first n code points of s. */
struct str utf8_head(struct str s, size_t n);
/* s without the character that its end cuts in two; all before is valid. */
struct str utf8_whole(struct str s);
/* A formatted text of at most so many bytes, of whole characters. */
struct str utf8_vprintf(struct arena *a, size_t max_bytes, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
/* Decodes the first code point; returns its length in bytes, 0 at the end or on invalid bytes. */
size_t utf8_decode(struct str s, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[4]);
/* Latin-1 bytes as UTF-8, for bodies that say charset=iso-8859-1. */
struct str utf8_from_latin1(struct arena *a, struct str s);
/* Simple case folding of Latin, Greek and Cyrillic and of ASCII; for comparing names and e-mails. */
struct str utf8_fold(struct arena *a, struct str s);

#endif
