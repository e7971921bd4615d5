/* Indexes messages that wait for it, many at a time (core/search_index.h): when posting pauses, and when many wait. */
#ifndef TAUT_JOBS_SEARCH_INDEXER_H
#define TAUT_JOBS_SEARCH_INDEXER_H

#include "store/lane.h"

struct search_indexer;
/* db: a connection of its own on PostgreSQL, kept until it is freed; NULL on SQLite.  Without a thread only
 * search_indexer_settle indexes (tests). */
struct search_indexer *search_indexer_new(struct lane *lane, struct db *db, bool thread);
/* Indexes all that waits, on the caller's thread. */
void search_indexer_settle(struct search_indexer *x);
/* Before the lane is freed. */
void search_indexer_free(struct search_indexer *x);

#endif
