/* The door to the database: one connection to one engine.
 *
 * Queries are known by number (enum query, generated from catalogue/sql); their text, parameters and columns
 * are in the generated table db_queries.  Callers use the typed functions of sql.h (generated), not this.
 * A struct db has one user at a time; it is not thread-safe. */
#ifndef TAUT_STORE_DB_H
#define TAUT_STORE_DB_H

#include "base/arena.h"
#include "err.h" /* generated: enum err */

struct db;
struct db_row;

enum db_engine { DB_SQLITE, DB_POSTGRES };

/* How it went.  The store logs the reason itself, once per outage. */
enum db_status {
    DB_OK,
    DB_RETRY,       /* PostgreSQL: serialization failure, deadlock or a key taken meanwhile: run the transaction
                       again */
    DB_UNAVAILABLE, /* disk full, database gone, I/O error: service_unavailable; try again later */
    DB_FAULT,       /* anything else: internal_error */
};

struct db_value {
    enum { DB_VALUE_I64, DB_VALUE_STR, DB_VALUE_NULL } kind;
    int64_t i;
    struct str s;
};
#define DB_I64(v) ((struct db_value){.kind = DB_VALUE_I64, .i = (v)})
#define DB_STR(v) ((struct db_value){.kind = DB_VALUE_STR, .s = (v)})

/* One query of the catalogue, from the generated table. */
struct db_query {
    const char *name;
    const char *text[2]; /* by engine; NULL: it is not asked on this one */
    int n_in, n_out;
    bool writes;  /* insert, update or delete, also with returning */
    bool replans; /* PostgreSQL plans it for its values each time, not once for all */
};
extern const struct db_query db_queries[];
extern const int db_queries_n;

enum db_role {
    DB_ROLE_READ,  /* SQLite: query_only connection; PostgreSQL: as the other */
    DB_ROLE_WRITE, /* SQLite: the one writer */
    DB_ROLE_INDEX, /* SQLite: the one writer of the file of words beside the database, which it makes
                      (search_file.h), and knows nothing else; PostgreSQL: as the others */
};

struct db_options {
    enum db_role role;
    bool throwaway; /* commits do not wait for the disk, for `taut dev` and tests; else SQLite runs
                       synchronous=FULL */
    bool late;      /* SQLite: looks into the file when it is first used, which costs a millisecond and 200 KB each; for
                       readers of a database that another connection has open */
};

/* url: "sqlite:PATH" or "postgres://…".  NULL on failure; *why is a sentence (in a). */
struct db *db_open(struct str url, const struct db_options *opt, struct arena *a, struct str *why);
void db_close(struct db *db);
enum db_engine db_engine(const struct db *db);

/* Prepares every query of the catalogue and compares parameter and column counts with what the catalogue
 * says; false and a sentence that names the query when one does not fit. */
bool db_check_queries(struct db *db, struct arena *a, struct str *why);

/* Runs a script of several statements (schema). */
enum db_status db_script(struct db *db, const char *text);

/* SQLite: a writer's transaction takes the writer's lock at once, a reader's is a snapshot.  PostgreSQL:
 * repeatable read. Outside of a transaction every query is its own. */
enum db_status db_begin(struct db *db);
/* Not DB_OK: it was rolled back. */
enum db_status db_commit(struct db *db);
void db_rollback(struct db *db);
/* Inside a transaction: a savepoint that holds what one call wrote.  Opened lazily at the first writing
 * query, so that a call that only reads pays nothing. */
void db_unit_begin(struct db *db);
/* Not DB_OK: the whole transaction is lost, and db_commit will say so. */
enum db_status db_unit_end(struct db *db, bool keep);

/* Called per row; columns are valid until it returns.  Returns false to stop early. */
typedef bool db_row_fn(void *ctx, const struct db_row *row);
/* Runs one query.  on_row may be NULL.  *changed (may be NULL): rows inserted, updated or deleted.
 * Status is mapped: DB_OK -> OK, DB_UNAVAILABLE -> ERR_SERVICE_UNAVAILABLE, else ERR_INTERNAL_ERROR; the
 * connection remembers a DB_RETRY so that the dispatcher can tell (db_wants_retry). */
enum err db_run(struct db *db, int query, const struct db_value *in, int n_in, db_row_fn *on_row, void *ctx,
                int64_t *changed);
bool db_wants_retry(const struct db *db);
/* Has another connection committed since the last time this was asked?  PostgreSQL: it may have. */
bool db_changed(struct db *db);
/* Of a DB_ROLE_INDEX: does all that was committed to the file of words lie on the disk now? */
bool db_index_is_stored(struct db *db);
int64_t db_col_i64(const struct db_row *row, int col);    /* NULL is 0 */
struct str db_col_str(const struct db_row *row, int col); /* NULL is empty */
/* Queries run since the last call of this, for the `cost` lines of cases. */
int db_take_count(struct db *db);
/* Makes the n-th query from now fail as if the disk were full (0: off); for the `fail db n` lines of cases.
 */
void db_fail_at(struct db *db, int n);
/* From now on commits take back what was written and say they stored it; for the table of permissions, whose calls
 * must not meet each other. */
void db_take_back(struct db *db);

#endif
