/* The write lane (DESIGN.md 4): many calls, one commit.
 *
 * SQLite: one thread owns the writing connection.  It takes all queued jobs, runs each in a unit of its own
 * (db_unit_begin/end) inside one transaction, commits when the queue is empty or the batch is full, and only
 * then calls each job's done, in commit order.  A failed commit gives done(committed = false) to every job of
 * the batch. A checkpoint thread moves the WAL into the database file off the commit's path. PostgreSQL:
 * lane_submit runs the job at once on the caller's connection in a transaction of its own, and runs it again
 * after a serialization failure (at most 100 times), those of one key one after the other. */
#ifndef TAUT_STORE_LANE_H
#define TAUT_STORE_LANE_H

#include "store/db.h"

struct lane;

struct lane_job {
    /* Runs on the lane's thread.  True keeps what it wrote; false rolls its unit back.  May run more than
     * once (PostgreSQL retries): it must start afresh each time. */
    bool (*run)(struct lane_job *job, struct db *db);
    /* After the commit (or after the unit was rolled back: committed is then true as well, nothing was
     * written). committed == false: the transaction could not begin (run was not called then) or be
     * committed; nothing of this job is stored; why is DB_UNAVAILABLE or DB_FAULT. Called on the lane's
     * thread (SQLite) or the submitter's (PostgreSQL); must be short. */
    void (*done)(struct lane_job *job, bool committed, enum db_status why);
    uint64_t key;          /* PostgreSQL: what jobs that change the same rows have in common; 0: nothing */
    struct lane_job *next; /* the lane's own */
    bool keep;             /* the lane's own */
};

struct lane_options {
    int batch_max;    /* jobs a commit; default 256 */
    int64_t batch_us; /* a batch is closed after this long, default 5000 */
    /* SQLite: somebody else has written since the last batch.  Called before its jobs run, which see what was written;
     * may be NULL. */
    void (*others_wrote)(void);
};

/* writer: owned by the lane from now on (NULL on PostgreSQL).  opt may be NULL; zeros in it are defaults. */
struct lane *lane_new(struct db *writer, const struct lane_options *opt);
/* db: the caller's own connection, used on PostgreSQL only.  job must stay alive until done was called. */
void lane_submit(struct lane *l, struct lane_job *job, struct db *db);
/* Runs what is queued, ends the threads and closes the writer.  Nobody may submit any more when it is called.
 */
void lane_free(struct lane *l);

#endif
