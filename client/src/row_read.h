/* One row of analytics into a struct, at the speed at which it is unpacked.
 *
 * Rows of one file have the same keys in the same order.  The reader expects each key where it stood in the row before,
 * and so compares instead of searching; values it reads in place.  Whatever is not plain (escapes, blanks, values
 * inside values, new keys that hold any of it) makes it give up, untouched, for the reader of base/json.h to take over.
 */
#ifndef TAUT_CLIENT_ROW_READ_H
#define TAUT_CLIENT_ROW_READ_H

#include "fill.h"

enum { ROW_FIELDS_MAX = 48, ROW_KEY_WORDS = 6, ROW_SLACK = 8 };

/* A key with its quotes and colon, to be compared by words; of the last one only what `last` has.  And where its value
 * goes: all that reading it needs, in one line of the cache. */
struct row_key {
    uint64_t words[ROW_KEY_WORDS], last;
    uint16_t at;
    uint8_t n, n_words, kind; /* enum field_kind */
};

struct row_reader {
    const struct shape *shape;
    struct row_key keys[ROW_FIELDS_MAX];
    uint8_t after[ROW_FIELDS_MAX + 1]; /* the field that last came behind this one; [n]: the first one */
    char *ends[ROW_FIELDS_MAX];        /* quotes to become NULs once the row is read */
};

/* False when the shape has more or longer names than there is room for. */
bool row_reader_init(struct row_reader *r, const struct shape *shape);
/* A row whose last byte is at end - 1; behind it stands a NUL, and ROW_SLACK bytes that may be anything.  out holds the
 * defaults already.  Texts point into the row. */
bool row_read(struct row_reader *r, char *p, char *end, void *out);

#endif
