/* SQLite: one file in WAL mode, one writing connection, any number of readers.
 *
 * A connection is used by one thread at a time, so the library runs without its own mutexes on connections.
 */
#include "store/db_engine.h"
#include "store/outage.h"
#include "store/schema_image.h"
#include "store/search_file.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BUSY_WAIT_MS = 5000,  /* another process (taut token …) writes */
    RESTART_WAIT_MS = 10, /* readers finish a page of history in well under one */
};

/* Pages kept in memory grow with use; these are ceilings.  Readers also map the file: a page in the map is
 * not copied into their cache.  The writer does not: an I/O error in a map is a signal, not an error code. */
static const char *const reader_setup = "pragma query_only = 1; pragma cache_size = -4096; pragma mmap_size = 67108864";
/* journal_size_limit: what a log that grew under a long reader shrinks to. */
static const char *const writer_setup =
    "pragma journal_mode = wal; pragma foreign_keys = 1; pragma cache_size = -8192; "
    "pragma journal_size_limit = 33554432";

/* Checkpoints as SQLite does by itself: nobody waits for it.  Nor do its commits wait for the disk, for what a power
 * cut takes is indexed once more. */
static const char *const index_setup = "pragma synchronous = normal; pragma cache_size = -8192";

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, UNIT_SET, UNIT_RELEASE, UNIT_UNDO, CONTROLS };
static const char *const control_text[CONTROLS] = {
    /* Immediate: a transaction that begins by reading could not write any more once another process has. */
    "begin", "begin immediate", "commit", "rollback", "savepoint unit", "release unit", "rollback to unit",
};

struct statement {
    sqlite3_stmt *stmt; /* NULL: not prepared yet */
    uint8_t number[DB_PARAMS_MAX];
    int n_in;
};

struct sqlite {
    struct db base;
    sqlite3 *h;
    char *path;
    sqlite3_stmt *control[CONTROLS];
    struct statement *statements; /* by query number */
    int wal_pages;
    int64_t data_version; /* as db_changed saw it last */
    bool throwaway;
    bool is_set_up;
};

static struct sqlite *sqlite_of(struct db *db)
{
    return (struct sqlite *)db;
}

/* Failures */

static enum db_status outage(struct sqlite *d, bool writes, const char *hint)
{
    char why[160];

    snprintf(why, sizeof why, "%s (code %d)", sqlite3_errmsg(d->h), sqlite3_extended_errcode(d->h));
    outage_begin(DB_SQLITE, writes ? OUTAGE_WRITE : OUTAGE_READ, why, hint);
    return DB_UNAVAILABLE;
}

static enum db_status failed(struct sqlite *d, int rc, const char *what, bool writes)
{
    /* Some failures make SQLite roll back by itself. */
    if (d->base.in_transaction && sqlite3_get_autocommit(d->h))
        d->base.lost = true;
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return outage(d, writes, "free disk space; no restart is needed");
    case SQLITE_IOERR:
        return outage(d, writes, "look at the disk and its limits; no restart is needed");
    case SQLITE_CANTOPEN:
        return outage(d, writes, "check that the data folder is there and belongs to this user");
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL:
        return outage(d, writes, "another process holds the database; let it finish");
    case SQLITE_READONLY:
        if (d->base.role == DB_ROLE_WRITE)
            return outage(d, writes, "check the mode of the database file and of its folder");
        break;
    case SQLITE_CORRUPT: /* also of a schema that could not be read, which passes */
    case SQLITE_NOTADB:
        fault_log(DB_SQLITE, what,
                  "the file is damaged; look at the disk; if this stays, start without taut.db-search, which is made "
                  "anew, or with a copy of taut.db");
        return DB_FAULT;
    default:
        break;
    }
    fault_log(DB_SQLITE, what, sqlite3_errmsg(d->h));
    return DB_FAULT;
}

/* Statements */

/* The writer does not know the file of words: its transactions would lock that too. */
static int set_up_search(struct sqlite *d)
{
    int rc = search_file_attach(d->h, d->path);

    return rc == SQLITE_OK ? search_phrases_register(d->h) : rc;
}

/* Before the first statement, and again when it failed.  The pragmas make SQLite read the schema. */
static int set_up(struct sqlite *d)
{
    static const char *const by_role[] = {
        [DB_ROLE_READ] = reader_setup, [DB_ROLE_WRITE] = writer_setup, [DB_ROLE_INDEX] = index_setup};
    int rc;

    if (d->is_set_up)
        return SQLITE_OK;
    rc = sqlite3_exec(d->h, "pragma synchronous = full", NULL, NULL, NULL);
    if (rc == SQLITE_OK && d->base.role == DB_ROLE_READ && !sqlite3_db_filename(d->h, "search"))
        rc = set_up_search(d);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(d->h, by_role[d->base.role], NULL, NULL, NULL);
    if (rc == SQLITE_OK && d->throwaway)
        rc = sqlite3_exec(d->h, "pragma synchronous = off", NULL, NULL, NULL);
    d->is_set_up = rc == SQLITE_OK;
    return rc;
}

static int prepare(struct sqlite *d, const char *text, unsigned flags, sqlite3_stmt **out)
{
    int rc = set_up(d);

    return rc == SQLITE_OK ? sqlite3_prepare_v3(d->h, text, -1, flags, out, NULL) : rc;
}

static enum db_status control(struct sqlite *d, enum control which)
{
    bool writes = d->base.role != DB_ROLE_READ;
    sqlite3_stmt **s = &d->control[which];
    int rc = SQLITE_OK;
    enum db_status st = DB_OK;

    if (!*s)
        rc = prepare(d, control_text[which], SQLITE_PREPARE_PERSISTENT, s);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(*s);
    if (rc != SQLITE_DONE)
        st = failed(d, rc, control_text[which], writes);
    sqlite3_reset(*s);
    return st;
}

/* Parameters are found by name: SQLite numbers "$2" by where it first stands in the text, PostgreSQL by its
 * digit. False when they are not $1 … $n_in. */
static bool number_params(struct statement *s)
{
    uint64_t seen = 0;

    s->n_in = sqlite3_bind_parameter_count(s->stmt);
    if (s->n_in > DB_PARAMS_MAX)
        return false;
    for (int i = 0; i < s->n_in; i++) {
        const char *name = sqlite3_bind_parameter_name(s->stmt, i + 1);
        long number = name && *name == '$' ? strtol(name + 1, NULL, 10) : 0;

        if (number < 1 || number > s->n_in || (seen & UINT64_C(1) << (number - 1)))
            return false;
        seen |= UINT64_C(1) << (number - 1);
        s->number[i] = (uint8_t)number;
    }
    return true;
}

static enum db_status statement_ready(struct sqlite *d, int query, struct statement **out)
{
    const struct db_query *q = &db_queries[query];
    struct statement *s = *out = &d->statements[query];
    int rc;

    if (s->stmt)
        return DB_OK;
    rc = prepare(d, q->text[DB_SQLITE], SQLITE_PREPARE_PERSISTENT, &s->stmt);
    if (rc != SQLITE_OK)
        return failed(d, rc, q->name, q->writes);
    if (number_params(s) && s->n_in == q->n_in)
        return DB_OK;
    fault_log(DB_SQLITE, q->name, "its parameters differ from its declaration");
    sqlite3_finalize(s->stmt);
    s->stmt = NULL;
    return DB_FAULT;
}

static bool sqlite_describe(struct db *db, int query, int *n_in, int *n_out, struct arena *a, struct str *why)
{
    struct sqlite *d = sqlite_of(db);
    struct statement s = {0};

    if (prepare(d, db_queries[query].text[DB_SQLITE], 0, &s.stmt) != SQLITE_OK) {
        *why = arena_printf(a, "query %s: %s", db_queries[query].name, sqlite3_errmsg(d->h));
        return false;
    }
    *n_in = number_params(&s) ? s.n_in : -1;
    *n_out = sqlite3_column_count(s.stmt);
    sqlite3_finalize(s.stmt);
    return true;
}

static int bind(struct statement *s, const struct db_value *in)
{
    int rc = SQLITE_OK;

    for (int i = 0; i < s->n_in && rc == SQLITE_OK; i++) {
        const struct db_value *v = &in[s->number[i] - 1];

        if (v->kind == DB_VALUE_I64)
            rc = sqlite3_bind_int64(s->stmt, i + 1, v->i);
        else if (v->kind == DB_VALUE_STR) /* a NULL pointer would bind null */
            rc = sqlite3_bind_text64(s->stmt, i + 1, v->s.n ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
    }
    return rc;
}

static enum db_status sqlite_run(struct db *db, int query, const struct db_value *in, int n_in, db_row_fn *on_row,
                                 void *ctx, int64_t *changed)
{
    struct sqlite *d = sqlite_of(db);
    const struct db_query *q = &db_queries[query];
    struct statement *s;
    struct db_row row = {.ops = db->ops};
    enum db_status st = statement_ready(d, query, &s);
    bool more = true;
    int rc;

    if (st != DB_OK)
        return st;
    assert(n_in == s->n_in);
    row.result = s->stmt;
    rc = bind(s, in);
    if (rc == SQLITE_OK)
        rc = SQLITE_ROW;
    while (rc == SQLITE_ROW && more) {
        rc = sqlite3_step(s->stmt);
        if (rc == SQLITE_ROW && on_row)
            more = on_row(ctx, &row);
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        st = failed(d, rc, q->name, q->writes);
    else if (q->writes)
        *changed = sqlite3_changes64(d->h);
    sqlite3_reset(s->stmt);
    sqlite3_clear_bindings(s->stmt); /* they point into the caller's memory */
    return st;
}

static int64_t sqlite_col_i64(void *result, int col)
{
    return sqlite3_column_int64(result, col);
}

static struct str sqlite_col_str(void *result, int col)
{
    const char *p = (const char *)sqlite3_column_text(result, col);

    return (struct str){p, p ? (size_t)sqlite3_column_bytes(result, col) : 0};
}

static enum db_status sqlite_script(struct db *db, const char *text)
{
    struct sqlite *d = sqlite_of(db);
    int rc = set_up(d);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(d->h, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? DB_OK : failed(d, rc, "script", db->role == DB_ROLE_WRITE);
}

static enum db_status sqlite_ask(struct db *db, const char *text, int64_t *out)
{
    struct sqlite *d = sqlite_of(db);
    sqlite3_stmt *stmt = NULL;
    int rc = prepare(d, text, 0, &stmt);
    enum db_status st = DB_OK;

    *out = 0;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else if (rc != SQLITE_DONE)
        st = failed(d, rc, "schema", false);
    sqlite3_finalize(stmt);
    return st;
}

/* Transactions */

static enum db_status sqlite_begin(struct db *db)
{
    return control(sqlite_of(db), db->role == DB_ROLE_READ ? BEGIN_READ : BEGIN_WRITE);
}

static enum db_status sqlite_commit(struct db *db)
{
    return control(sqlite_of(db), COMMIT);
}

static void sqlite_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(sqlite_of(db)->h))
        control(sqlite_of(db), ROLLBACK);
}

static enum db_status sqlite_savepoint(struct db *db, enum db_savepoint what)
{
    static const enum control by_step[] = {UNIT_SET, UNIT_RELEASE, UNIT_UNDO};

    return control(sqlite_of(db), by_step[what]);
}

static enum db_status sqlite_migrate(struct db *db, bool begin)
{
    /* A step's transaction takes the one writer's lock. */
    (void)db;
    (void)begin;
    return DB_OK;
}

static bool sqlite_changed(struct db *db)
{
    struct sqlite *d = sqlite_of(db);
    int64_t before = d->data_version;

    /* A database that cannot be read says so to whoever reads it next. */
    return sqlite_ask(db, "pragma data_version", &d->data_version) != DB_OK || d->data_version != before;
}

/* A checkpoint syncs the log, and then the file. */
static bool sqlite_index_is_stored(struct db *db)
{
    int log_n = 0, copied_n = 0;

    return sqlite3_wal_checkpoint_v2(sqlite_of(db)->h, "main", SQLITE_CHECKPOINT_PASSIVE, &log_n, &copied_n) ==
               SQLITE_OK &&
           log_n == copied_n;
}

/* Opening and closing */

static void sqlite_close(struct db *db)
{
    struct sqlite *d = sqlite_of(db);

    for (int i = 0; i < CONTROLS; i++)
        sqlite3_finalize(d->control[i]);
    for (int i = 0; i < db_queries_n; i++)
        sqlite3_finalize(d->statements[i].stmt);
    sqlite3_close(d->h);
    free(d->statements);
    free(d->path);
    free(d);
}

static const struct db_ops sqlite_ops = {
    .close = sqlite_close,
    .script = sqlite_script,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .describe = sqlite_describe,
    .run = sqlite_run,
    .ask = sqlite_ask,
    .migrate = sqlite_migrate,
    .changed = sqlite_changed,
    .index_is_stored = sqlite_index_is_stored,
    .col_i64 = sqlite_col_i64,
    .col_str = sqlite_col_str,
};

static void library_setup(void)
{
    /* Before the first use.  Memory statistics cost a lock at each allocation. */
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* No pages ahead: each of a dozen connections would take 85 KB, and readers, who map the file, fill none of it. */
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    sqlite3_initialize();
}

static int on_commit(void *ctx, sqlite3 *h, const char *name, int pages)
{
    struct sqlite *d = ctx;

    (void)h;
    (void)name;
    d->wal_pages = pages;
    return SQLITE_OK;
}

static struct sqlite *connection_new(const char *path, const struct db_options *opt, int flags)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sqlite *d;

    pthread_once(&once, library_setup);
    d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->statements = calloc((size_t)db_queries_n + 1, sizeof *d->statements);
    d->path = strdup(path);
    if (!d->statements || !d->path)
        abort();
    d->base = (struct db){.ops = &sqlite_ops, .engine = DB_SQLITE, .role = opt->role};
    d->throwaway = opt->throwaway;
    if (sqlite3_open_v2(path, &d->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | flags, NULL) == SQLITE_OK) {
        sqlite3_extended_result_codes(d->h, 1);
        sqlite3_busy_timeout(d->h, BUSY_WAIT_MS);
        /* In place of SQLite's own checkpoints, which run on the commit's path. */
        if (opt->role != DB_ROLE_INDEX)
            sqlite3_wal_hook(d->h, on_commit, d);
    }
    return d;
}

static bool is_wal(struct sqlite *d)
{
    sqlite3_stmt *stmt = NULL;
    bool wal = prepare(d, "pragma journal_mode", 0, &stmt) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW &&
               strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;

    sqlite3_finalize(stmt);
    return wal;
}

static struct sqlite *open_by_role(const char *path, const struct db_options *opt, struct arena *a, struct str *why)
{
    char search[SEARCH_PATH_BYTES];
    int rc;

    if (opt->role == DB_ROLE_WRITE && opt->throwaway)
        schema_image_lay(path);
    if (opt->role != DB_ROLE_INDEX)
        return connection_new(path, opt, opt->role == DB_ROLE_WRITE ? SQLITE_OPEN_CREATE : 0);
    rc = search_file_make(path);
    if (rc == SQLITE_OK)
        return connection_new(search_file_path(path, search), opt, 0);
    *why =
        arena_printf(a, "the index of words %s cannot be made: %s", search_file_path(path, search), sqlite3_errstr(rc));
    return NULL;
}

struct db *sqlite_open(const char *path, const struct db_options *opt, struct arena *a, struct str *why)
{
    struct sqlite *d = open_by_role(path, opt, a, why);

    if (!d)
        return NULL;
    if (sqlite3_errcode(d->h) != SQLITE_OK || (!opt->late && set_up(d) != SQLITE_OK))
        *why = arena_printf(a, "the database %s cannot be opened: %s", d->path, sqlite3_errmsg(d->h));
    else if (!opt->late && !is_wal(d))
        *why = arena_printf(a, "the database %s cannot be opened: its file system bears no write-ahead log", d->path);
    else
        return &d->base;
    sqlite_close(&d->base);
    return NULL;
}

/* The write-ahead log */

struct db *sqlite_wal_open(struct db *writer)
{
    struct sqlite *w = sqlite_of(writer);
    struct db_options opt = {.role = DB_ROLE_WRITE, .throwaway = w->throwaway};
    struct sqlite *d = connection_new(w->path, &opt, 0);

    if (sqlite3_errcode(d->h) == SQLITE_OK && set_up(d) == SQLITE_OK)
        return &d->base;
    failed(d, sqlite3_errcode(d->h), "checkpoint", true);
    sqlite_close(&d->base);
    return NULL;
}

int sqlite_wal_pages(const struct db *writer)
{
    return ((const struct sqlite *)writer)->wal_pages;
}

bool sqlite_wal_copy(struct db *db, int *left_n)
{
    struct sqlite *d = sqlite_of(db);
    int log_n = 0, copied_n = 0;
    int rc = sqlite3_wal_checkpoint_v2(d->h, "main", SQLITE_CHECKPOINT_PASSIVE, &log_n, &copied_n);

    *left_n = log_n - copied_n;
    if (rc == SQLITE_OK)
        return true;
    if (rc != SQLITE_BUSY) /* busy: the writer is at its own, which does as well */
        failed(d, rc, "checkpoint", true);
    return false;
}

bool sqlite_wal_restart(struct db *writer)
{
    struct sqlite *d = sqlite_of(writer);
    int rc;

    sqlite3_busy_timeout(d->h, RESTART_WAIT_MS);
    rc = sqlite3_wal_checkpoint_v2(d->h, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    sqlite3_busy_timeout(d->h, BUSY_WAIT_MS);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY)
        failed(d, rc, "checkpoint", true);
    return rc == SQLITE_OK;
}
