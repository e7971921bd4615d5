/* What people type into search: words, "phrases", prefix*, -without, and modifiers (from: in: to: before: after: on:
 * during: has: is:). */
#ifndef TAUT_CORE_SEARCH_QUERY_H
#define TAUT_CORE_SEARCH_QUERY_H

#include "core/search_words.h"
#include "core/types.h"

enum { SEARCH_TERMS_MAX = 32, SEARCH_NAMES_MAX = 16, SEARCH_QUERY_MAX_CHARS = 4000 };

struct search_term {
    const struct search_word *words; /* one, or those of a phrase in order */
    int n;
    bool prefix;  /* the last word may go on */
    bool without; /* must not be there */
};

/* Names as they were written; the database tells who and what they are. */
struct search_names {
    struct str v[SEARCH_NAMES_MAX];
    int n;
};

enum search_has {
    SEARCH_HAS_LINK = 1,
    SEARCH_HAS_FILE = 2,
    SEARCH_HAS_REACTION = 4,
    SEARCH_HAS_PIN = 8,
    SEARCH_IS_THREAD = 16,
    SEARCH_IS_DM = 32, /* among two or a few */
};

struct search_query {
    struct search_term terms[SEARCH_TERMS_MAX];
    int n_terms;
    struct search_names from, not_from, in, not_in, to;
    int64_t from_us, to_us; /* from_us <= ts < to_us */
    unsigned has, has_not;  /* bits of enum search_has */
};

/* Reads any text whatever; what makes no sense is taken as words.  now_us and tz_offset_s: what "today" is.  False when
 * nothing is left to look for. */
bool search_query_read(struct arena *a, struct str text, int64_t now_us, int64_t tz_offset_s, struct search_query *out);

/* Do these words fit the terms?  The names and bits are for the caller to check. */
bool search_query_fits(const struct search_query *q, const struct search_word *words, int n);
/* How often the words of one term stand there. */
int search_term_count(const struct search_term *t, const struct search_word *words, int n);
/* How often the terms' words stand there, phrases counting by their length: what relevance is made of. */
int search_query_count(const struct search_query *q, const struct search_word *words, int n);

/* text with what was found between U+E000 and U+E001. */
struct str search_query_mark(struct arena *a, const struct search_query *q, struct str text);

#endif
