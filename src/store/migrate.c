#include "store/migrate.h"
#include "base/clock.h"
#include "store/db_engine.h"

static const char *const table_exists[] = {
    [DB_SQLITE] = "select count(*) from sqlite_master where type = 'table' and name = 'schema_version'",
    [DB_POSTGRES] = "select case when to_regclass('schema_version') is null then 0 else 1 end",
};

static const char *const table_make =
    "create table if not exists schema_version ("
    "number bigint not null primary key, name text not null, applied_us bigint not null)";

static enum db_status version_of(struct db *db, int64_t *version)
{
    enum db_status st = db->ops->ask(db, table_exists[db->engine], version);

    if (st == DB_OK && *version)
        st = db->ops->ask(db, "select coalesce(max(number), 0) from schema_version", version);
    return st;
}

static enum db_status note(struct db *db, const struct schema_step *step, struct arena *a)
{
    struct str text = arena_printf(a, "insert into schema_version (number, name, applied_us) values (%d, '%s', %lld)",
                                   step->number, step->name, (long long)clock_now_us());

    return db_script(db, arena_cstr(a, text));
}

static enum db_status apply(struct db *db, const struct schema_step *step, struct arena *a)
{
    enum db_status st = db_script(db, table_make);

    if (st == DB_OK)
        st = db_script(db, step->text[db->engine]);
    if (st == DB_OK)
        st = note(db, step, a);
    return st;
}

/* One step in one transaction; nothing when another process was faster. */
static enum db_status run_step(struct db *db, const struct schema_step *step, struct arena *a)
{
    int64_t version;
    enum db_status st = db_begin(db);

    if (st != DB_OK)
        return st;
    st = version_of(db, &version);
    if (st == DB_OK && version < step->number) {
        st = apply(db, step, a);
        if (st == DB_OK)
            return db_commit(db);
    }
    db_rollback(db);
    return st;
}

/* A file that began as the image (schema_image.h) has all steps behind it: they are noted, not run. */
static enum db_status note_image(struct db *db, int newest, struct arena *a, int64_t *version)
{
    int64_t laid = 0;
    enum db_status st = db->engine == DB_SQLITE ? db->ops->ask(db, "pragma user_version", &laid) : DB_OK;

    if (st != DB_OK || laid != newest)
        return st;
    st = db_begin(db);
    if (st == DB_OK)
        st = db_script(db, table_make);
    for (int i = 0; i < schema_steps_n && st == DB_OK; i++)
        st = note(db, &schema_steps[i], a);
    if (st == DB_OK)
        st = db_commit(db);
    else
        db_rollback(db);
    *version = newest;
    return st;
}

static int newest_step(void)
{
    return schema_steps_n ? schema_steps[schema_steps_n - 1].number : 0;
}

static bool run_steps(struct db *db, struct arena *a, struct str *why)
{
    int newest = newest_step();
    int64_t version;

    if (version_of(db, &version) != DB_OK || (!version && note_image(db, newest, a, &version) != DB_OK)) {
        *why = S("the schema's version cannot be read; the log says why");
        return false;
    }
    if (version > newest) {
        *why = arena_printf(a,
                            "the database has schema %lld, this program knows %d and older: start the newer program; "
                            "nothing was changed",
                            (long long)version, newest);
        return false;
    }
    for (int i = 0; i < schema_steps_n; i++) {
        const struct schema_step *step = &schema_steps[i];

        if (step->number > version && run_step(db, step, a) != DB_OK) {
            *why = arena_printf(a, "schema step %d (%s) failed and was undone; the log says why", step->number,
                                step->name);
            return false;
        }
    }
    return true;
}

bool db_migrate(struct db *writer, struct arena *a, struct str *why)
{
    bool ok;

    if (writer->ops->migrate(writer, true) != DB_OK) {
        *why = S("the database cannot be locked for the schema; the log says why");
        return false;
    }
    ok = run_steps(writer, a, why);
    writer->ops->migrate(writer, false);
    return ok;
}

bool db_schema_fits(struct db *db, struct arena *a, struct str *what)
{
    int newest = newest_step();
    int64_t version;

    if (version_of(db, &version) != DB_OK) {
        *what = S("the schema's version cannot be read");
        return false;
    }
    *what = arena_printf(a, "schema %lld%s", (long long)version,
                         version > newest   ? ", made by a newer program: start that one"
                         : version < newest ? ", older than this program: brought up to date at the next start"
                                            : "");
    return version <= newest;
}

bool db_schema_is_older(struct db *db)
{
    int64_t version;

    return version_of(db, &version) == DB_OK && version < newest_step();
}
