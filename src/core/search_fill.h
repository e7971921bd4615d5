/* Fills the index with what was said since: new documents by their ids, changes from search_change.
 *
 * A batch is what the database says at one moment; when it is written, the index is as it has to be at that moment, up
 * to its mark.  On SQLite the index is a DB_ROLE_INDEX, and both have a transaction of their own, so that neither
 * posting nor its log waits for the index.  On PostgreSQL index and database are one, in one transaction; there it
 * fills in what was said before there was an index, or before the index told stretches of time. */
#ifndef TAUT_CORE_SEARCH_FILL_H
#define TAUT_CORE_SEARCH_FILL_H

#include "core/search_index.h"

struct search_fill {
    int64_t upto;         /* documents up to this id are indexed … */
    int64_t seen;         /* … with all changes up to this seq; on PostgreSQL neither is kept from start to start */
    int64_t docs, tidied; /* documents ever added, and how many it were when all lists were merged last */
};

/* What happens to one document. */
struct search_step {
    int64_t place;
    struct search_entry was, is; /* without tags: nothing is taken out, nothing put in */
};

struct search_batch {
    struct search_fill after;
    struct search_step *steps;
    int n;
    bool more;     /* documents wait that found no room */
    int64_t older; /* PostgreSQL: documents after this id are now indexed with their stretches of time */
};
enum { SEARCH_OLDER_SAME = -1 }; /* … or as many as before */

/* Reads how far the index is.  One of another history than the database's (one of the two was put back from a copy) is
 * emptied.  Calls search_index_begin.  In a transaction of the index. */
enum err search_fill_open(struct db *db, struct db *index, struct arena *a, struct search_fill *f);
/* Reads all changes, and up to limit new documents.  In a transaction of the database. */
enum err search_fill_read(struct db *db, struct arena *a, const struct search_fill *f, int limit,
                          struct search_batch *out);
/* In a transaction of the index; once it is stored, b->after holds. */
enum err search_fill_write(struct db *index, struct arena *a, const struct search_batch *b);
/* Goes on with merging the lists of the index, for some milliseconds; *more: it has not come to its end.  Many short
 * lists make searches slow: all are merged into one when an eighth is new.  In a transaction of the index; f is
 * changed. */
enum err search_fill_tidy(struct db *index, struct arena *a, struct search_fill *f, bool *more);
/* How many documents wait; not counted further than limit. */
enum err search_fill_waiting(struct db *db, struct arena *a, const struct search_fill *f, int limit, int64_t *n);
/* Takes changes off the database that the index has stored.  On the writer, in a transaction. */
enum err search_fill_prune(struct db *db, struct arena *a, int64_t seen);

#endif
