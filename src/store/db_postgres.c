/* PostgreSQL through libpq: one connection, its queries prepared by name when first used.
 *
 * Transactions run at REPEATABLE READ.  Two calls that change the same row are told apart by it (40001, and
 * the later one runs again), so a rule may read a count and store it plus one.  SERIALIZABLE would also catch
 * two calls that each read what the other writes; the rules leave those to unique constraints and conditional
 * updates, which cost no bookkeeping on every read.
 *
 * A commit whose answer is lost with the connection is reported as failed, and may be stored nevertheless:
 * callers that must know repeat the call with the same client_msg_id. */
#include "base/clock.h"
#include "store/db_engine.h"
#include "store/outage.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { OID_BIGINT = 20, OID_SMALLINT = 21, OID_INT = 23, OID_TEXT = 25 };
enum { NAME_MAX_BYTES = 80, I64_DIGITS = 24 };

static const int64_t CONNECT_EVERY_US = US_PER_S;

/* What is put off of the indexes of words, every search goes through: about a hundred messages.  More costs posting no
 * less. */
#define PENDING_LIMIT "set gin_pending_list_limit = '128kB'"
#define STATEMENT_TIMEOUT "set statement_timeout = '30s'"
static const char *const session_setup =
    STATEMENT_TIMEOUT "; " PENDING_LIMIT "; set idle_in_transaction_session_timeout = '60s'; "
                      "set session characteristics as transaction isolation level repeatable read";

/* Nodes that start at once bring the schema up one after the other: "taut" as a number. */
#define MIGRATE_KEY "1952544116"

/* How often the process has connected: once one connection finds the server again, no other waits for its own second.
 */
static atomic_int connects;

struct postgres {
    struct db base;
    char *url;
    PGconn *conn; /* NULL: not connected */
    int64_t next_try_us;
    int refused_at; /* how many connects there were when it could not; -1: its last try went well */
    bool *prepared; /* by query number */
    bool throwaway;
};

static struct postgres *postgres_of(struct db *db)
{
    return (struct postgres *)db;
}

/* Connection */

static void disconnect(struct postgres *d)
{
    PQfinish(d->conn);
    d->conn = NULL;
    d->base.lost = d->base.in_transaction;
}

static void drop_notice(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
}

static bool command(PGconn *conn, const char *text)
{
    PGresult *res = PQexec(conn, text);
    ExecStatusType status = PQresultStatus(res);

    PQclear(res);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The outcome is d->conn, whose status the caller looks at. */
static bool connect_now(struct postgres *d)
{
    /* The timeouts find a database that is gone without a word: it may not hold a worker for minutes. */
    static const char *const keys[] = {"dbname",           "fallback_application_name", "client_encoding",
                                       "connect_timeout",  "keepalives_idle",           "keepalives_interval",
                                       "keepalives_count", "tcp_user_timeout",          NULL};
    const char *const values[] = {d->url, "taut", "UTF8", "3", "10", "5", "3", "20000", NULL};

    PQfinish(d->conn);
    d->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(d->conn) != CONNECTION_OK)
        return false;
    PQsetNoticeReceiver(d->conn, drop_notice, NULL);
    memset(d->prepared, 0, sizeof(bool) * (size_t)db_queries_n);
    return command(d->conn, session_setup) && (!d->throwaway || command(d->conn, "set synchronous_commit = off"));
}

static bool may_try(const struct postgres *d, int64_t now_us)
{
    bool others_could = d->refused_at >= 0 && connects != d->refused_at;

    return !d->base.in_transaction && (now_us >= d->next_try_us || others_could);
}

/* Connects again when the connection is gone, outside of transactions; to a server that cannot be reached, not more
 * often than once a second. */
static bool ready(struct postgres *d)
{
    int64_t now_us = clock_mono_us();

    if (d->conn && PQstatus(d->conn) == CONNECTION_OK)
        return true;
    if (!may_try(d, now_us))
        return false;
    d->next_try_us = now_us + CONNECT_EVERY_US;
    d->refused_at = connects;
    if (connect_now(d)) {
        connects++;
        d->refused_at = -1;
        outage_end(DB_POSTGRES, OUTAGE_CONNECTION);
        return true;
    }
    outage_begin(DB_POSTGRES, OUTAGE_CONNECTION, PQerrorMessage(d->conn),
                 "start the database or correct its address; no restart is needed");
    disconnect(d);
    return false;
}

/* Failures */

static bool is_any(const char *state, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(state, *list) == 0)
            return true;
    return false;
}

/* res: what the server answered; NULL when nothing came. */
static enum db_status failed(struct postgres *d, const PGresult *res, const char *what, bool writes)
{
    /* 23505: another call took a key after our snapshot; the next try sees it. */
    static const char *const retry[] = {"40001", "40P01", "23505", NULL};
    /* Cancelled by its timeout, no lock to be had. */
    static const char *const later[] = {"57014", "55P03", NULL};
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *why = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;

    if (!why)
        why = PQerrorMessage(d->conn);
    /* 08: connection failures; 57P: the server ends or has not begun. */
    if (PQstatus(d->conn) != CONNECTION_OK || !state || str_starts(str_c(state), S("08")) ||
        str_starts(str_c(state), S("57P"))) {
        outage_begin(DB_POSTGRES, OUTAGE_CONNECTION, why, "it is tried again every second; no restart is needed");
        disconnect(d);
        return DB_UNAVAILABLE;
    }
    if (is_any(state, retry)) {
        d->base.retry_query = what;
        snprintf(d->base.retry_why, sizeof d->base.retry_why, "%s", why);
        return DB_RETRY;
    }
    if (str_starts(str_c(state), S("53")) || is_any(state, later)) {
        outage_begin(DB_POSTGRES, writes ? OUTAGE_WRITE : OUTAGE_READ, why, "look at the database server's log");
        return DB_UNAVAILABLE;
    }
    if (strcmp(state, "25006") == 0) { /* read-only: it is a stand-by now, and the address may lead elsewhere */
        outage_begin(DB_POSTGRES, OUTAGE_WRITE, why, "add target_session_attrs=read-write to the address");
        disconnect(d);
        return DB_UNAVAILABLE;
    }
    if (strcmp(state, "25P02") != 0) /* the transaction failed before, which has been told */
        fault_log(DB_POSTGRES, what, why);
    return DB_FAULT;
}

/* Statements without parameters */

static enum db_status simple(struct postgres *d, const char *text, const char *what, bool writes, int64_t *answer)
{
    PGresult *res = PQexec(d->conn, text);
    ExecStatusType status = PQresultStatus(res);
    enum db_status st = DB_OK;

    /* A schema step that only SQLite needs says nothing here. */
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        st = failed(d, res, what, writes);
    else if (answer && PQntuples(res) > 0)
        *answer = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    PQclear(res);
    return st;
}

static enum db_status postgres_script(struct db *db, const char *text)
{
    struct postgres *d = postgres_of(db);

    return ready(d) ? simple(d, text, "script", true, NULL) : DB_UNAVAILABLE;
}

static enum db_status postgres_ask(struct db *db, const char *text, int64_t *out)
{
    struct postgres *d = postgres_of(db);

    *out = 0;
    return ready(d) ? simple(d, text, "schema", false, out) : DB_UNAVAILABLE;
}

static enum db_status postgres_begin(struct db *db)
{
    struct postgres *d = postgres_of(db);
    enum db_status st = DB_UNAVAILABLE;

    if (ready(d))
        st = simple(d, "begin", "begin", false, NULL);
    /* A connection that died while it was idle shows only now, and nothing is lost with it. */
    if (st == DB_UNAVAILABLE && !d->conn && ready(d))
        st = simple(d, "begin", "begin", false, NULL);
    return st;
}

static enum db_status postgres_commit(struct db *db)
{
    struct postgres *d = postgres_of(db);

    if (!ready(d))
        return DB_UNAVAILABLE;
    /* After a failed statement the server answers a commit with a rollback and calls that a success. */
    if (PQtransactionStatus(d->conn) == PQTRANS_INERROR)
        return DB_FAULT;
    return simple(d, "commit", "commit", true, NULL);
}

static void postgres_rollback(struct db *db)
{
    struct postgres *d = postgres_of(db);

    if (d->conn && PQtransactionStatus(d->conn) != PQTRANS_IDLE && !command(d->conn, "rollback"))
        disconnect(d);
}

static enum db_status postgres_savepoint(struct db *db, enum db_savepoint what)
{
    static const char *const text[] = {"savepoint unit", "release unit", "rollback to unit"};
    struct postgres *d = postgres_of(db);

    return ready(d) ? simple(d, text[what], text[what], true, NULL) : DB_UNAVAILABLE;
}

/* Preparing */

static Oid param_type(Oid inferred)
{
    return inferred == OID_SMALLINT || inferred == OID_INT || inferred == OID_BIGINT ? OID_BIGINT : OID_TEXT;
}

static void name_of(int query, char name[NAME_MAX_BYTES])
{
    snprintf(name, NAME_MAX_BYTES, "q%d_%.60s", query, db_queries[query].name);
}

static bool good(const PGresult *res)
{
    return PQresultStatus(res) == PGRES_COMMAND_OK;
}

/* What the server takes the query for: its parameters' types. */
static PGresult *describe_unnamed(struct postgres *d, int query)
{
    PGresult *res = PQprepare(d->conn, "", db_queries[query].text[DB_POSTGRES], 0, NULL);

    if (!good(res))
        return res;
    PQclear(res);
    return PQdescribePrepared(d->conn, "");
}

/* Prepares it in two steps: left alone, the server takes $1 in "$1 = 0" for an int, into which no id fits; so
 * its own guess is taken and widened. */
static PGresult *prepare(struct postgres *d, int query)
{
    char name[NAME_MAX_BYTES];
    Oid types[DB_PARAMS_MAX];
    PGresult *res = describe_unnamed(d, query);
    int n = good(res) ? PQnparams(res) : 0;

    if (!good(res) || n > DB_PARAMS_MAX)
        return res;
    for (int i = 0; i < n; i++)
        types[i] = param_type(PQparamtype(res, i));
    PQclear(res);
    name_of(query, name);
    res = PQprepare(d->conn, name, db_queries[query].text[DB_POSTGRES], n, types);
    d->prepared[query] = good(res);
    return res;
}

static bool postgres_describe(struct db *db, int query, int *n_in, int *n_out, struct arena *a, struct str *why)
{
    struct postgres *d = postgres_of(db);
    char name[NAME_MAX_BYTES];
    PGresult *res = NULL;
    bool ok = ready(d);

    if (ok && !d->prepared[query]) {
        res = prepare(d, query);
        ok = good(res);
    }
    if (ok) {
        PQclear(res);
        name_of(query, name);
        res = PQdescribePrepared(d->conn, name);
        ok = good(res);
    }
    *n_in = ok ? PQnparams(res) : 0;
    *n_out = ok ? PQnfields(res) : 0;
    if (!ok)
        *why = arena_printf(a, "query %s: %s", db_queries[query].name, PQerrorMessage(d->conn));
    PQclear(res);
    return ok;
}

static enum db_status statement_ready(struct postgres *d, int query)
{
    const struct db_query *q = &db_queries[query];
    enum db_status st = DB_OK;
    PGresult *res;

    if (d->prepared[query] || q->replans)
        return DB_OK;
    res = prepare(d, query);
    if (!good(res))
        st = failed(d, res, q->name, q->writes);
    PQclear(res);
    return st;
}

/* Running */

static bool send_query(struct postgres *d, int query, const struct db_value *in, int n_in)
{
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX], formats[DB_PARAMS_MAX];
    Oid types[DB_PARAMS_MAX];
    char digits[DB_PARAMS_MAX][I64_DIGITS];
    char name[NAME_MAX_BYTES];

    assert(n_in <= DB_PARAMS_MAX);
    for (int i = 0; i < n_in; i++) {
        /* Text in the binary format is its bytes, which need no NUL at their end. */
        formats[i] = in[i].kind == DB_VALUE_STR;
        types[i] = in[i].kind == DB_VALUE_STR ? OID_TEXT : OID_BIGINT;
        lengths[i] = formats[i] ? (int)in[i].s.n : 0;
        values[i] = NULL;
        if (in[i].kind == DB_VALUE_STR) {
            values[i] = in[i].s.n ? in[i].s.p : "";
        } else if (in[i].kind == DB_VALUE_I64) {
            snprintf(digits[i], I64_DIGITS, "%lld", (long long)in[i].i);
            values[i] = digits[i];
        }
    }
    name_of(query, name);
    if (!(db_queries[query].replans ? PQsendQueryParams(d->conn, db_queries[query].text[DB_POSTGRES], n_in, types,
                                                        values, lengths, formats, 0)
                                    : PQsendQueryPrepared(d->conn, name, n_in, values, lengths, formats, 0)))
        return false;
    return PQsetSingleRowMode(d->conn);
}

struct walk {
    db_row_fn *on_row;
    void *ctx;
    int64_t rows_n;
    int64_t *changed;
    enum db_status st;
};

static void walk_result(struct postgres *d, int query, PGresult *res, struct walk *w)
{
    const struct db_query *q = &db_queries[query];
    struct db_row row = {.ops = d->base.ops, .result = res};

    switch (PQresultStatus(res)) {
    case PGRES_SINGLE_TUPLE:
        w->rows_n++;
        if (w->on_row && !w->on_row(w->ctx, &row))
            w->on_row = NULL; /* the rest still has to be read off the connection */
        break;
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        if (q->writes)
            *w->changed = strtoll(PQcmdTuples(res), NULL, 10);
        break;
    default:
        if (w->st == DB_OK)
            w->st = failed(d, res, q->name, q->writes);
        break;
    }
}

static void run_once(struct postgres *d, int query, const struct db_value *in, int n_in, struct walk *w)
{
    PGresult *res;

    w->st = ready(d) ? statement_ready(d, query) : DB_UNAVAILABLE;
    if (w->st != DB_OK)
        return;
    if (!send_query(d, query, in, n_in)) {
        w->st = failed(d, NULL, db_queries[query].name, db_queries[query].writes);
        return;
    }
    /* failed() closes a broken connection. */
    while (d->conn && (res = PQgetResult(d->conn))) {
        walk_result(d, query, res, w);
        PQclear(res);
    }
}

static enum db_status postgres_run(struct db *db, int query, const struct db_value *in, int n_in, db_row_fn *on_row,
                                   void *ctx, int64_t *changed)
{
    struct postgres *d = postgres_of(db);
    struct walk w = {.on_row = on_row, .ctx = ctx, .changed = changed};
    bool was_connected = d->conn;

    run_once(d, query, in, n_in, &w);
    /* A connection that died while it was idle: a query that changes nothing may simply be sent again. */
    if (w.st == DB_UNAVAILABLE && was_connected && !d->conn && !db->in_transaction && !db_queries[query].writes &&
        w.rows_n == 0)
        run_once(d, query, in, n_in, &w);
    return w.st;
}

static int64_t postgres_col_i64(void *result, int col)
{
    return strtoll(PQgetvalue(result, 0, col), NULL, 10);
}

static struct str postgres_col_str(void *result, int col)
{
    return (struct str){PQgetvalue(result, 0, col), (size_t)PQgetlength(result, 0, col)};
}

/* Opening and closing */

static void postgres_close(struct db *db)
{
    struct postgres *d = postgres_of(db);

    PQfinish(d->conn);
    free(d->prepared);
    free(d->url);
    free(d);
}

static enum db_status postgres_migrate(struct db *db, bool begin)
{
    struct postgres *d = postgres_of(db);

    if (!ready(d))
        return DB_UNAVAILABLE;
    /* The wait for the other node and the making of an index may both be long. */
    if (begin)
        return simple(d, "set statement_timeout = 0; select pg_advisory_lock(" MIGRATE_KEY ")", "migrate", true, NULL);
    return simple(d, "select pg_advisory_unlock(" MIGRATE_KEY "); " STATEMENT_TIMEOUT, "migrate", true, NULL);
}

static bool postgres_changed(struct db *db)
{
    (void)db;
    return true;
}

static bool postgres_index_is_stored(struct db *db)
{
    (void)db; /* it lies in the database */
    return true;
}

static const struct db_ops postgres_ops = {
    .close = postgres_close,
    .script = postgres_script,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .savepoint = postgres_savepoint,
    .describe = postgres_describe,
    .run = postgres_run,
    .ask = postgres_ask,
    .migrate = postgres_migrate,
    .changed = postgres_changed,
    .index_is_stored = postgres_index_is_stored,
    .col_i64 = postgres_col_i64,
    .col_str = postgres_col_str,
};

struct db *postgres_open(const char *url, const struct db_options *opt, struct arena *a, struct str *why)
{
    struct postgres *d = calloc(1, sizeof *d);

    if (!d)
        abort();
    d->base = (struct db){.ops = &postgres_ops, .engine = DB_POSTGRES, .role = opt->role};
    d->throwaway = opt->throwaway;
    d->refused_at = -1;
    d->url = strdup(url);
    d->prepared = calloc((size_t)db_queries_n + 1, sizeof *d->prepared);
    if (!d->url || !d->prepared)
        abort();
    if (connect_now(d))
        return &d->base;
    *why = arena_printf(a, "the PostgreSQL database cannot be opened: %s", PQerrorMessage(d->conn));
    postgres_close(&d->base);
    return NULL;
}
