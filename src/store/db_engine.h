/* What an engine has to do for db.c.  Only src/store includes this.
 *
 * db.c keeps what both engines share: transactions and units as states, counts, planned failures, the mapping
 * to enum err.  An engine talks to its library and says how it went in an enum db_status.  It reports outages
 * itself (outage.h), because it alone knows the reason; db.c never logs. */
#ifndef TAUT_STORE_DB_ENGINE_H
#define TAUT_STORE_DB_ENGINE_H

#include "store/db.h"

/* Parameters a query may have. */
enum { DB_PARAMS_MAX = 64 };

/* What the statements around a unit do; see db_unit_begin. */
enum db_savepoint { DB_SAVEPOINT_SET, DB_SAVEPOINT_RELEASE, DB_SAVEPOINT_UNDO };

struct db_ops {
    void (*close)(struct db *db);
    enum db_status (*script)(struct db *db, const char *text);
    enum db_status (*begin)(struct db *db);
    enum db_status (*commit)(struct db *db);
    /* Leaves the connection outside of any transaction, whatever state it was in. */
    void (*rollback)(struct db *db);
    enum db_status (*savepoint)(struct db *db, enum db_savepoint what);
    /* Parameter and column counts of one query as the engine sees them; false and a sentence when the engine
     * refuses it. *n_in is -1 when its parameters are not exactly $1 … $n. */
    bool (*describe)(struct db *db, int query, int *n_in, int *n_out, struct arena *a, struct str *why);
    enum db_status (*run)(struct db *db, int query, const struct db_value *in, int n_in, db_row_fn *on_row, void *ctx,
                          int64_t *changed);
    /* The first column of the first row of a statement that stands in no catalogue (migrate.c); 0 when there
     * is no row. */
    enum db_status (*ask)(struct db *db, const char *text, int64_t *out);
    /* Keeps other processes from bringing the schema up at the same time, or lets them again. */
    enum db_status (*migrate)(struct db *db, bool begin);
    bool (*changed)(struct db *db);
    bool (*index_is_stored)(struct db *db);
    int64_t (*col_i64)(void *result, int col);
    struct str (*col_str)(void *result, int col);
};

/* The beginning of both engines' connections. */
struct db {
    const struct db_ops *ops;
    enum db_engine engine;
    enum db_role role;
    bool in_transaction;
    bool lost;  /* the engine has given the running transaction up; only a rollback helps */
    bool wrote; /* in this transaction */
    bool wants_retry;
    const char *retry_query; /* who collided last, and how: told when no try is left */
    char retry_why[120];
    enum { UNIT_NONE, UNIT_ARMED, UNIT_OPEN } unit;
    int count;       /* queries since db_take_count */
    int fail_in;     /* the how-manieth query fails; 0: none */
    bool takes_back; /* db_take_back */
};

struct db_row {
    const struct db_ops *ops;
    void *result; /* the engine's own */
};

/* NULL and a sentence on failure.  path and url end in NUL. */
struct db *sqlite_open(const char *path, const struct db_options *opt, struct arena *a, struct str *why);
struct db *postgres_open(const char *url, const struct db_options *opt, struct arena *a, struct str *why);

/* SQLite's write-ahead log, for checkpoint.c. */

/* A second connection to the writer's file, for checkpoints on a thread of its own; NULL when it cannot be
 * opened. */
struct db *sqlite_wal_open(struct db *writer);
/* Pages in the log after the writer's last commit.  Writer's thread only. */
int sqlite_wal_pages(const struct db *writer);
/* Copies what is in the log into the database file without making anybody wait.  *left_n: pages it did not
 * get to. */
bool sqlite_wal_copy(struct db *db, int *left_n);
/* Copies the rest and starts the log from its beginning again.  Waits at most RESTART_WAIT_MS for readers.
 * Outside of a transaction, on the writer's thread. */
bool sqlite_wal_restart(struct db *writer);

#endif
