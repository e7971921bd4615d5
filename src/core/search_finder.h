/* One search under way: private to search_find.c, search_files.c, search_look.c, search_match.c, search_prefix.c,
 * search_walk.c and search_walk_pg.c. */
#ifndef TAUT_CORE_SEARCH_FINDER_H
#define TAUT_CORE_SEARCH_FINDER_H

#include "core/search_find.h"
#include "core/search_index.h"
#include "core/search_names.h"

/* PostgreSQL: the newest documents, from an id on; what it takes to look at them. */
struct search_window {
    int64_t from, span;
    int length; /* of its stretches */
    int64_t began_us, took_us;
    double us_an_id; /* by so much longer took it than the one before */
};

struct finder {
    struct call *c;
    const struct search_query *q;
    struct arena *scratch; /* for one message at a time */
    int64_t began_us;      /* of the thread's clock, */
    int64_t began_mono_us; /* and of the machine's */
    struct search_ids from, not_from, in, not_in;
    bool to_me;
    bool nothing;    /* a name that there is not: nothing can be found */
    int64_t *hidden; /* conversations seen by being in them, sorted */
    int n_hidden;
    bool hidden_alone;           /* nothing else can be found */
    int64_t upto, n_docs;        /* the index has come so far, and holds so many */
    int64_t parts[SEARCH_PARTS]; /* of the index, where matches can be (search_part) */
    int n_parts;
    bool gathers;                    /* one prefix, whose matches in all parts are collected at once */
    int gathered;                    /* so many of them that the caller sees, */
    bool gathered_all;               /* and these are all */
    bool left_out[SEARCH_TERMS_MAX]; /* terms whose last word the match does without */
    bool looks;                      /* for there are such: the text of each message is looked at */
    bool collects;      /* there are others: each question to the index costs as much as all that match them */
    bool is_plain;      /* one word, which stands wherever it is looked for: no time passes between its matches */
    struct str match;   /* the query as the engine takes it; empty: nothing but texts have to be looked at */
    struct str phrases; /* and what of its words has to stand side by side: phrases_fit (store/search_file.h) */
    struct search_extent_row extent; /* PostgreSQL: where documents are */
    bool stretches;                  /* PostgreSQL: it looks by stretches of time */
    struct search_window window;     /* so far was looked … */
    int64_t held;                    /* … and so many match there; -1: it was not looked at yet */
    int64_t needed;                  /* so many are shown, or passed over */
    bool exact;                      /* the match tells all: nothing has to be looked at afterwards */
    struct search_row *changed;      /* what the index tells of these is not true any more; newest first */
    int n_changed;
    struct search_row *tail; /* of what waits, and of what has changed, what fits: newest first */
    int n_tail;
};

/* Fills match and exact from the query, the names and the conversations. */
enum err search_match_make(struct finder *f);
/* Which prefixes the match does without. */
enum err search_prefix_choose(struct finder *f);
/* The words alone, for an index without tags; empty when none has to be there. */
struct str search_match_words(struct call *c, const struct search_query *q);
/* What has any of the words that must not be there; empty when there are none. */
struct str search_match_unwanted(struct call *c, const struct search_query *q);

/* The last word, whatever an index says: may the caller see it? */
bool search_may_see(const struct finder *f, const struct search_row *row);
/* Does all fit that is no word? */
bool search_fits_message(const struct finder *f, const struct search_row *row, const struct message_row *m);
/* Does the text hold the words?  Takes from f->scratch. */
bool search_fits_words(const struct finder *f, const struct message_row *m);
/* No later document can be asked for. */
int64_t search_last_id(const struct finder *f);
/* Reads what waits for the index, and what has changed since. */
enum err search_walk_tail(struct finder *f);
bool search_is_changed(const struct finder *f, int64_t id);
/* The hits [skip, skip + count) in order of time, and their total as far as they were passed; *end: there are no more.
 */
enum err search_walk(struct finder *f, bool oldest_first, int64_t skip, int64_t count, struct search_found *out,
                     bool *end);
/* The newest hits, at most SEARCH_RANKED; once there are enough, no more than a search may take time for. */
enum err search_walk_newest(struct finder *f, int64_t enough, struct search_found *out, bool *end);
/* How many there are, counted to SEARCH_COUNTED at most, and while the search has not taken long. */
enum err search_walk_count(struct finder *f, struct search_found *out);

/* --- on PostgreSQL (search_walk_pg.c) --- */

/* Reads where documents are; the match takes in what is indexed without stretches of time while there is such. */
enum err search_pg_begin(struct finder *f);
/* As search_walk from the newest on; once there are enough hits, no longer than a search may take. */
enum err search_pg_walk(struct finder *f, int64_t skip, int64_t count, int64_t enough, struct search_found *out,
                        bool *end);
/* As search_walk_count. */
enum err search_pg_count(struct finder *f, struct search_found *out);

#endif
