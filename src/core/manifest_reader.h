/* Reading a manifest piece by piece: each function takes a key below a place, and notes what is wrong with it. */
#ifndef TAUT_CORE_MANIFEST_READER_H
#define TAUT_CORE_MANIFEST_READER_H

#include "core/manifest.h"

struct manifest_reader {
    struct arena *a;
    struct manifest_fault *first, **tail; /* the first hundred faults, and as many hints */
    int errors_n, hints_n;
};

/* A value and where it stands; json is NULL when it is not there (null counts as not there). */
struct place {
    const struct json *json;
    struct str pointer;
};

void reader_fault(struct manifest_reader *r, const struct place *at, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void reader_hint(struct manifest_reader *r, const struct place *at, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The member of that name, whatever it is. */
struct place reader_at(struct manifest_reader *r, const struct place *up, const char *key);
/* An object; keys that are not in this blank list get a hint. */
struct place reader_object(struct manifest_reader *r, const struct place *up, const char *key, const char *keys);
/* The same check of what is there, such as an item. */
bool reader_is_object(struct manifest_reader *r, const struct place *at, const char *keys);
/* A list of at most so many. */
struct place reader_list(struct manifest_reader *r, const struct place *up, const char *key, int max);
/* The items of a list, one after the other: `struct place item = {0}; while (reader_next(r, &list, &i, &item))`. */
bool reader_next(struct manifest_reader *r, const struct place *list, int *i, struct place *item);
/* A text of so many characters; min > 0: it has to be there.  Empty when it is not, or wrong. */
struct str reader_text(struct manifest_reader *r, const struct place *up, const char *key, int min, int max);
/* A text that may be left out, but has at least min characters. */
struct str reader_maybe_text(struct manifest_reader *r, const struct place *up, const char *key, int min, int max);
bool reader_flag(struct manifest_reader *r, const struct place *up, const char *key);
/* An http:// or https:// address, or nothing. */
struct str reader_url(struct manifest_reader *r, const struct place *up, const char *key);
/* A list of texts, each not empty. */
struct str_list reader_texts(struct manifest_reader *r, const struct place *up, const char *key, int max);

/* The parts. */
void manifest_features(struct manifest_reader *r, const struct place *root, struct manifest *m);
void manifest_oauth(struct manifest_reader *r, const struct place *root, struct manifest *m);
void manifest_settings(struct manifest_reader *r, const struct place *root, struct manifest *m);
void manifest_functions(struct manifest_reader *r, const struct place *root, struct manifest *m);
/* What parts say about each other. */
void manifest_together(struct manifest_reader *r, const struct place *root, const struct manifest *m);

#endif
