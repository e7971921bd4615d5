/* Stretches of time, as tags of a document: on PostgreSQL they bound what a search looks at.
 *
 * GIN goes through the shortest of the lists that a match needs, and skips in the others.  Words that are everywhere
 * have no short list; a stretch of time has one.  Stretches are powers of two of ids (which are microseconds), in four
 * lengths: four and a half minutes, two and a half hours, three days, and a hundred days. */
#ifndef TAUT_CORE_SEARCH_STRETCH_H
#define TAUT_CORE_SEARCH_STRETCH_H

#include "base/buf.h"

enum { SEARCH_STRETCHES = 4 };

/* The tag of a document for one of the lengths, shortest first. */
struct str search_stretch_tag(struct arena *a, int length, int64_t id);
/* The longest that is no longer than a span of ids. */
int search_stretch_length(int64_t span);
/* Where the stretch begins that an id lies in. */
int64_t search_stretch_begin(int64_t id, int length);
/* Writes a tsquery for the stretches from the one that holds an id to the one that holds another. */
void search_stretch_cover(struct buf *b, int length, int64_t from, int64_t to);

#endif
