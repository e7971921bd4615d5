/* Indexes messages that wait for it, many at a time (core/search_fill.h), beside the calls: when posting pauses, and
 * when many wait. */
#ifndef TAUT_JOBS_SEARCH_INDEXER_H
#define TAUT_JOBS_SEARCH_INDEXER_H

#include "store/lane.h"

struct search_indexer;
/* db reads the database; index is a DB_ROLE_INDEX (SQLite), or NULL where db writes its index itself (PostgreSQL). Both
 * are kept until the indexer is freed.  Without a thread only search_indexer_settle indexes (tests).  NULL when the
 * index cannot be read; the log says why. */
struct search_indexer *search_indexer_new(struct lane *lane, struct db *db, struct db *index, bool thread);
/* Indexes all that waits, on the caller's thread. */
void search_indexer_settle(struct search_indexer *x);
/* Before the lane is freed. */
void search_indexer_free(struct search_indexer *x);

#endif
