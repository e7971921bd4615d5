/* Moves SQLite's write-ahead log into the database file, off the commit's path, and keeps it short.
 *
 * A thread with its own connection copies pages while the lane goes on committing (a passive checkpoint waits
 * for nobody).  What was committed meanwhile is still in the log then, so under steady load the log would
 * grow for ever: the lane copies that small rest between two batches and starts the log afresh.  When the thread falls
 * behind all the same, the lane waits for it. */
#ifndef TAUT_STORE_CHECKPOINT_H
#define TAUT_STORE_CHECKPOINT_H

#include "store/db.h"

struct checkpoint;

/* writer must outlive it. */
struct checkpoint *checkpoint_new(struct db *writer);
/* Both on the writer's thread: before a transaction begins, and after it was committed. */
void checkpoint_before(struct checkpoint *cp);
void checkpoint_after(struct checkpoint *cp);
void checkpoint_free(struct checkpoint *cp);

#endif
