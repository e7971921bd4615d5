/* Spans of time in a conversation that one person has seen, and with what.
 *
 * A person's spans do not overlap: what was seen first stays as it was.  Two that touch and were seen with the same
 * client are one.  A message at ts is seen when from < ts <= to.  Pure code; core/sight.c keeps the rows. */
#ifndef TAUT_CORE_SPAN_H
#define TAUT_CORE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

struct span {
    int64_t from, to; /* µs: after from, up to and with to */
    int64_t client;   /* enum sight_client */
};

/* Adds what of `add` nobody saw yet to the n spans of `had`, which are in order, and writes the result to out (room for
 * 2 * n + 1); returns how many there are. */
int span_add(const struct span *had, int n, struct span add, struct span *out);

bool span_same(const struct span *a, const struct span *b);

/* The class of its length: the smallest L of SPAN_LEVEL_MIN … SPAN_LEVEL_MAX with to - from <= 2^L.  All spans of class
 * L that reach into [a, b] end in [a, b + 2^L), so that an index by class and end finds them with few others. */
enum { SPAN_LEVEL_MIN = 24, SPAN_LEVEL_MAX = 58 }; /* 17 s; 9,000 years */
int span_level(int64_t from, int64_t to);

#endif
