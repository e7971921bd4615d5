/* What somebody typed into search, as terms and modifiers; no database.
 *
 *   word  "a phrase"  prefix*  -without  from:who in:where to:who before: after: on: during:date has:what is:what
 *
 * Whatever is typed means something: an odd quote ends with the text, an unknown modifier is words, what is past the
 * limits is left out. */
#ifndef TAUT_CORE_SEARCH_QUERY_H
#define TAUT_CORE_SEARCH_QUERY_H

#include "base/buf.h"
#include "store/db.h"

enum { SEARCH_TERMS = 32, SEARCH_MODIFIERS = 32, SEARCH_PHRASE_WORDS = 32 };

/* Words that stand one after the other. */
struct search_term {
    struct str *words;
    int n;
    bool prefix; /* of the last word the beginning is enough */
    bool without;
};

enum search_key {
    SEARCH_FROM,
    SEARCH_IN,
    SEARCH_TO,
    SEARCH_BEFORE,
    SEARCH_AFTER,
    SEARCH_ON,
    SEARCH_DURING,
    SEARCH_HAS,
    SEARCH_IS
};

struct search_modifier {
    enum search_key key;
    struct str value;
    bool without;
};

struct search_query {
    struct search_term terms[SEARCH_TERMS];
    int n_terms;
    struct search_modifier modifiers[SEARCH_MODIFIERS];
    int n_modifiers;
};

void search_query_read(struct arena *a, struct str text, struct search_query *out);

/* Days and spans as people write them: 2024-05-01, 5/1/2024, 2024-05, may, 2024, today, yesterday, week, month, year.
 * From and to (exclusive) in µs, for somebody tz_s east of Greenwich; false when it is none. */
bool search_span(struct str text, int64_t now_us, int64_t tz_s, int64_t *from_us, int64_t *to_us);

/* Marks of which one has to be there, or (not) none may be. */
struct search_marks {
    struct str *v; /* whole marks */
    int n;
    bool without;
};

/* The expression of an engine: all terms and one of each group of marks.  At least one group is not negated. */
struct str search_match(struct arena *a, enum db_engine engine, const struct search_query *q,
                        const struct search_marks *groups, int n_groups);

/* How well text answers q; greater is better. */
double search_score(const struct search_query *q, struct str text);

/* Stored message text with U+E000 and U+E001 around what q found; sequences and entities stay whole. */
struct str search_highlight(struct arena *a, const struct search_query *q, struct str text);

#endif
