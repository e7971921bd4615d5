/* Reading a seed: JSON values together with where they stand, so that a mistake can be named ("users[2].role"). */
#ifndef TAUT_DEV_READ_H
#define TAUT_DEV_READ_H

#include "base/json.h"
#include "err.h" /* generated */

/* A value and the way to it. */
struct spot {
    const struct spot *up;   /* NULL: the whole text */
    struct str key;          /* in an object */
    int index;               /* in an array */
    const struct json *json; /* NULL: absent */
};

struct reader {
    struct arena *arena;
    struct str file; /* for messages; may be empty */
    struct str *why; /* the sentence of the first fault */
};

/* Says what is wrong there; returns ERR_INVALID_ARGUMENTS. */
enum err read_fault(const struct reader *r, const struct spot *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "users[2].role" */
struct str spot_text(struct arena *a, const struct spot *at);

struct spot spot_key(const struct spot *up, const char *key);
/* The next element of an array or member of an object; false at the end, and when list is absent.  *item begins zeroed;
 * list must outlive it. */
bool spot_next(const struct spot *list, struct spot *item);

/* It is an object and has no key but these ("id name role"). */
enum err read_object(const struct reader *r, const struct spot *at, const char *keys);
/* The member as a list or a map; absent is fine. */
enum err read_list(const struct reader *r, const struct spot *up, const char *key, struct spot *out);
enum err read_map(const struct reader *r, const struct spot *up, const char *key, struct spot *out);
/* *out keeps what it holds when the member is absent. */
enum err read_str(const struct reader *r, const struct spot *up, const char *key, struct str *out);
/* A text that has to be there: 1 to max of a-z, 0-9 and the characters of more. */
enum err read_plain(const struct reader *r, const struct spot *up, const char *key, const char *more, size_t max,
                    struct str *out);
enum err read_bool(const struct reader *r, const struct spot *up, const char *key, bool *out);
/* An id whose first letter is one of kinds. */
enum err read_id(const struct reader *r, const struct spot *up, const char *key, const char *kinds, int64_t *out);
/* "2026-01-05T09:00:00Z", or a ts. */
enum err read_time(const struct reader *r, const struct spot *up, const char *key, int64_t *us);
/* The index of the value in a list of words ("member admin owner"); *out keeps what it holds when absent. */
enum err read_word(const struct reader *r, const struct spot *up, const char *key, const char *words, int *out);

#endif
