#include "store/db_engine.h"
#include "store/outage.h"

#include <assert.h>

struct db *db_open(struct str url, const struct db_options *opt, struct arena *a, struct str *why)
{
    static const struct str sqlite = {"sqlite:", 7};

    if (str_starts(url, sqlite) && url.n > sqlite.n)
        return sqlite_open(arena_cstr(a, str_skip(url, sqlite.n)), opt, a, why);
    if (str_starts(url, S("postgres://")) || str_starts(url, S("postgresql://")))
        return postgres_open(arena_cstr(a, url), opt, a, why);
    /* The address may hold a password: it is not repeated. */
    *why = S("the database's address must be sqlite:PATH or postgres://USER@HOST/NAME");
    return NULL;
}

void db_close(struct db *db)
{
    if (db)
        db->ops->close(db);
}

enum db_engine db_engine(const struct db *db)
{
    return db->engine;
}

bool db_check_queries(struct db *db, struct arena *a, struct str *why)
{
    for (int i = 0; i < db_queries_n; i++) {
        const struct db_query *q = &db_queries[i];
        int n_in, n_out;

        if (!q->text[db->engine])
            continue;
        if (!db->ops->describe(db, i, &n_in, &n_out, a, why))
            return false;
        if (n_in != q->n_in) {
            *why = n_in < 0 ? arena_printf(a, "query %s: its parameters are not $1 to $%d", q->name, q->n_in)
                            : arena_printf(a, "query %s: %d parameters in its text, %d in its declaration", q->name,
                                           n_in, q->n_in);
            return false;
        }
        if (n_out != q->n_out) {
            *why = arena_printf(a, "query %s: %d columns in its text, %d in its declaration", q->name, n_out, q->n_out);
            return false;
        }
    }
    return true;
}

enum db_status db_script(struct db *db, const char *text)
{
    return db->ops->script(db, text);
}

enum db_status db_begin(struct db *db)
{
    enum db_status st;

    assert(!db->in_transaction);
    db->lost = db->wrote = db->wants_retry = false;
    db->unit = UNIT_NONE;
    st = db->ops->begin(db);
    db->in_transaction = st == DB_OK;
    return st;
}

static void leave_transaction(struct db *db)
{
    db->in_transaction = db->lost = false;
    db->unit = UNIT_NONE;
}

enum db_status db_commit(struct db *db)
{
    enum db_status st;

    assert(db->in_transaction && db->unit != UNIT_OPEN);
    st = db->lost ? DB_UNAVAILABLE : db->takes_back ? DB_OK : db->ops->commit(db);
    if (st != DB_OK || db->takes_back)
        db->ops->rollback(db);
    else if (db->wrote)
        outage_end(db->engine, OUTAGE_WRITE);
    leave_transaction(db);
    return st;
}

void db_rollback(struct db *db)
{
    if (db->in_transaction)
        db->ops->rollback(db);
    leave_transaction(db);
}

void db_unit_begin(struct db *db)
{
    assert(db->in_transaction && db->unit == UNIT_NONE);
    db->unit = UNIT_ARMED;
}

static enum db_status savepoint(struct db *db, enum db_savepoint what)
{
    enum db_status st = db->lost ? DB_UNAVAILABLE : db->ops->savepoint(db, what);

    /* A transaction whose units cannot be told apart any more must not be committed. */
    if (st != DB_OK)
        db->lost = true;
    return st;
}

enum db_status db_unit_end(struct db *db, bool keep)
{
    enum db_status st = DB_OK;

    assert(db->unit != UNIT_NONE);
    if (db->unit == UNIT_OPEN) {
        if (!keep)
            st = savepoint(db, DB_SAVEPOINT_UNDO);
        if (st == DB_OK)
            st = savepoint(db, DB_SAVEPOINT_RELEASE);
    }
    db->unit = UNIT_NONE;
    return db->lost ? DB_UNAVAILABLE : st;
}

static bool must_fail(struct db *db)
{
    return db->fail_in > 0 && --db->fail_in == 0;
}

static enum db_status run(struct db *db, int query, const struct db_value *in, int n_in, db_row_fn *on_row, void *ctx,
                          int64_t *changed)
{
    bool writes = db_queries[query].writes;
    enum db_status st;

    if (must_fail(db) || db->lost)
        return DB_UNAVAILABLE;
    if (writes && db->unit == UNIT_ARMED) {
        st = savepoint(db, DB_SAVEPOINT_SET);
        if (st != DB_OK)
            return st;
        db->unit = UNIT_OPEN;
    }
    st = db->ops->run(db, query, in, n_in, on_row, ctx, changed);
    if (st == DB_OK && writes) {
        db->wrote = true;
        if (!db->in_transaction)
            outage_end(db->engine, OUTAGE_WRITE);
    } else if (st == DB_OK) {
        outage_end(db->engine, OUTAGE_READ);
    }
    return st;
}

enum err db_run(struct db *db, int query, const struct db_value *in, int n_in, db_row_fn *on_row, void *ctx,
                int64_t *changed)
{
    int64_t none;
    enum db_status st;

    assert(query >= 0 && query < db_queries_n && n_in == db_queries[query].n_in && db_queries[query].text[db->engine]);
    changed = changed ? changed : &none;
    *changed = 0;
    db->count++;
    if (!db->in_transaction)
        db->wants_retry = false;
    st = run(db, query, in, n_in, on_row, ctx, changed);
    if (st == DB_RETRY)
        db->wants_retry = true;
    return st == DB_OK ? OK : st == DB_UNAVAILABLE ? ERR_SERVICE_UNAVAILABLE : ERR_INTERNAL_ERROR;
}

bool db_wants_retry(const struct db *db)
{
    return db->wants_retry;
}

bool db_changed(struct db *db)
{
    return db->ops->changed(db);
}

bool db_index_is_stored(struct db *db)
{
    return db->ops->index_is_stored(db);
}

int64_t db_col_i64(const struct db_row *row, int col)
{
    return row->ops->col_i64(row->result, col);
}

struct str db_col_str(const struct db_row *row, int col)
{
    return row->ops->col_str(row->result, col);
}

int db_take_count(struct db *db)
{
    int n = db->count;

    db->count = 0;
    return n;
}

void db_fail_at(struct db *db, int n)
{
    db->fail_in = n;
}

void db_take_back(struct db *db)
{
    db->takes_back = true;
}
