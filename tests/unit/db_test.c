/* store/db.h on each engine. */
#include "store_fake.h"

#include "base/clock.h"

#include <signal.h>
#include <sys/resource.h>

struct seen {
    struct arena *a;
    int rows_n, stop_after;
    int64_t i[4];
    struct str s[4], t[4];
};

static bool see(void *ctx, const struct db_row *row)
{
    struct seen *seen = ctx;
    int k = seen->rows_n++ % 4;

    seen->i[k] = db_col_i64(row, 0);
    seen->s[k] = arena_dup(seen->a, db_col_str(row, 1));
    seen->t[k] = arena_dup(seen->a, db_col_str(row, 2));
    return seen->rows_n != seen->stop_after;
}

static void echo(struct db *db, struct arena *a, struct db_value i, struct db_value s, struct seen *out)
{
    struct db_value in[] = {i, s};

    *out = (struct seen){.a = a};
    CHECK(db_run(db, ECHO, in, 2, see, out, NULL) == OK);
    CHECK(out->rows_n == 1);
}

static void values_round_trip(enum db_engine engine)
{
    static const int64_t numbers[] = {0, 1, -1, INT64_MAX, INT64_MIN, 123456789012345};
    static const char *const texts[] = {"",           "a",    "it's \"quoted\"", "grüße 日本語 👩‍👩‍👧",
                                        "a\nb\tc\\d", "$1 %s"};
    struct db *db;
    struct fixture f = fixture_with_tables(engine, &db);
    struct str big = str_of(arena_alloc(f.a, 100000), 100000);
    struct seen seen;

    for (int k = 0; k < 6; k++) {
        echo(db, f.a, DB_I64(numbers[k]), DB_STR(str_c(texts[k])), &seen);
        CHECK(seen.i[0] == numbers[k]);
        CHECK(str_eq(seen.s[0], str_c(texts[k])));
        CHECK(str_eq(seen.t[0], str_c(texts[k]))); /* an empty text is no null */
    }
    echo(db, f.a, DB_I64(1), DB_STR(((struct str){NULL, 0})), &seen);
    CHECK(seen.t[0].n == 0);
    echo(db, f.a, (struct db_value){.kind = DB_VALUE_NULL}, (struct db_value){.kind = DB_VALUE_NULL}, &seen);
    CHECK(seen.i[0] == 0 && seen.s[0].n == 0 && str_eq(seen.t[0], S("was null")));
    memset((char *)big.p, 'x', big.n);
    echo(db, f.a, DB_I64(1), DB_STR(big), &seen);
    CHECK(str_eq(seen.s[0], big));
    /* A slice is bound by its length, not up to a NUL. */
    echo(db, f.a, DB_I64(1), DB_STR(str_of("abcdef", 3)), &seen);
    CHECK(str_eq(seen.s[0], S("abc")));
    db_close(db);
    fixture_free(&f);
}

static void rows_and_counts(enum db_engine engine)
{
    struct db *db;
    struct fixture f = fixture_with_tables(engine, &db);
    struct seen seen = {.a = f.a};
    struct db_value window[] = {DB_I64(0), DB_I64(100)};
    struct db_value fresh[] = {DB_I64(50), DB_STR(S("fresh"))};
    struct db_value gone[] = {DB_I64(2)};
    int64_t changed = -1;

    db_take_count(db);
    for (int id = 1; id <= 9; id++) {
        CHECK(item_add(db, id, "item", &changed) == OK);
        CHECK(changed == 1);
    }
    CHECK(item_add(db, 3, "again", &changed) == OK);
    CHECK(changed == 0);
    CHECK(item_set_n(db, 4, 40, &changed) == OK);
    CHECK(changed == 6 && item_n(db, 3) == 0 && item_n(db, 4) == 40);
    CHECK(db_take_count(db) == 13 && db_take_count(db) == 0);

    CHECK(db_run(db, ITEM_SOME, window, 2, see, &seen, &changed) == OK);
    CHECK(seen.rows_n == 9 && changed == 0 && seen.i[0] == 9);
    window[0].i = 8;
    seen.rows_n = 0;
    CHECK(db_run(db, ITEM_SOME, window, 2, see, &seen, NULL) == OK && seen.rows_n == 2);
    window[0].i = INT64_C(10000000000);
    CHECK(db_run(db, ITEM_SOME, window, 2, see, &seen, NULL) == OK && seen.rows_n == 2);
    window[0].i = 0;
    seen = (struct seen){.a = f.a, .stop_after = 2};
    CHECK(db_run(db, ITEM_SOME, window, 2, see, &seen, NULL) == OK && seen.rows_n == 2 && seen.i[1] == 2);
    CHECK(db_run(db, ITEM_SOME, window, 2, NULL, NULL, NULL) == OK);

    seen = (struct seen){.a = f.a};
    CHECK(db_run(db, ITEM_ADD_RETURNING, fresh, 2, see, &seen, &changed) == OK);
    CHECK(seen.rows_n == 1 && seen.i[0] == 50 && changed == 1);
    CHECK(db_run(db, ITEM_DELETE, gone, 1, NULL, NULL, &changed) == OK && changed == 1);
    CHECK(db_run(db, ITEM_DELETE, gone, 1, NULL, NULL, &changed) == OK && changed == 0);
    db_close(db);
    fixture_free(&f);
}

static void transactions(enum db_engine engine)
{
    struct db *db, *other;
    struct fixture f = fixture_with_tables(engine, &db);

    other = fixture_open(&f, DB_ROLE_READ);
    CHECK(db_begin(db) == DB_OK);
    CHECK(item_add(db, 1, "a", NULL) == OK);
    CHECK(item_n(other, 1) == -1);
    CHECK(db_commit(db) == DB_OK);
    CHECK(item_n(other, 1) == 0);

    CHECK(db_begin(db) == DB_OK);
    CHECK(item_add(db, 2, "b", NULL) == OK);
    db_rollback(db);
    CHECK(item_n(db, 2) == -1);
    db_rollback(db); /* harmless */

    /* A reader's transaction is a snapshot. */
    CHECK(db_begin(other) == DB_OK);
    CHECK(item_n(other, 1) == 0);
    CHECK(item_set_n(db, 1, 5, NULL) == OK);
    CHECK(item_n(other, 1) == 0);
    CHECK(db_commit(other) == DB_OK);
    CHECK(item_n(other, 1) == 5);
    db_close(other);
    db_close(db);
    fixture_free(&f);
}

static void units(enum db_engine engine)
{
    struct db *db;
    struct fixture f = fixture_with_tables(engine, &db);

    CHECK(db_begin(db) == DB_OK);
    db_unit_begin(db); /* kept */
    CHECK(item_add(db, 1, "a", NULL) == OK);
    CHECK(db_unit_end(db, true) == DB_OK);
    db_unit_begin(db); /* dropped, with all it did to others' rows */
    CHECK(item_add(db, 2, "b", NULL) == OK);
    CHECK(item_set_n(db, 1, 99, NULL) == OK);
    CHECK(item_n(db, 2) == 99);
    CHECK(db_unit_end(db, false) == DB_OK);
    db_unit_begin(db); /* only reads */
    CHECK(item_n(db, 1) == 0 && item_n(db, 2) == -1);
    CHECK(db_unit_end(db, false) == DB_OK);
    db_unit_begin(db); /* a failed statement takes nobody else's work along */
    CHECK(item_add(db, 3, "c", NULL) == OK);
    CHECK(db_run(db, ITEM_ADD_STRICT, (struct db_value[]){DB_I64(1), DB_STR(S("twice"))}, 2, NULL, NULL, NULL) ==
          ERR_INTERNAL_ERROR);
    CHECK(db_unit_end(db, false) == DB_OK);
    CHECK(db_commit(db) == DB_OK);
    CHECK(item_n(db, 1) == 0 && item_n(db, 2) == -1 && item_n(db, 3) == -1);
    db_close(db);
    fixture_free(&f);
}

static void planned_failure(enum db_engine engine)
{
    struct db *db;
    struct fixture f = fixture_with_tables(engine, &db);

    db_fail_at(db, 2);
    CHECK(item_add(db, 1, "a", NULL) == OK);
    CHECK(item_add(db, 2, "b", NULL) == ERR_SERVICE_UNAVAILABLE);
    CHECK(item_add(db, 3, "c", NULL) == OK);
    CHECK(item_n(db, 2) == -1);
    db_fail_at(db, 1);
    db_fail_at(db, 0);
    CHECK(item_n(db, 3) == 0);
    db_close(db);
    fixture_free(&f);
}

static bool query_fits(struct fixture *f, const char *text, struct str *why)
{
    struct db *db = fixture_open(f, DB_ROLE_READ);
    bool ok;

    snprintf(probe_text[0], sizeof probe_text[0], "%s", text);
    snprintf(probe_text[1], sizeof probe_text[1], "%s", text);
    ok = db_check_queries(db, f->a, why);
    db_close(db);
    return ok;
}

static void queries_are_checked(enum db_engine engine)
{
    static const char *const wrong[] = {
        "select 1, 2",      "select misspelt from item", "select n from nowhere",
        "selecct 1",        "select cast($1 as bigint)", "select cast($2 as bigint)",
        "delete from item",
    };
    struct db *db;
    struct fixture f = fixture_with_tables(engine, &db);
    struct str why = {0};

    CHECK(query_fits(&f, "select 1", &why));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(!query_fits(&f, wrong[i], &why));
        CHECK(str_find(why, S("query probe: ")) == 0);
    }
    CHECK(query_fits(&f, "select 1", &why));
    db_close(db);
    fixture_free(&f);
}

static void addresses(void)
{
    static const char *const wrong[] = {"", "sqlite:", "mysql://x", "sqlite:/nowhere/at/all.db",
                                        "postgres://127.0.0.1:1/x"};
    struct db_options opt = {.role = DB_ROLE_WRITE};
    struct arena *a = arena_new(1024);

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct str why = {0};

        CHECK(db_open(str_c(wrong[i]), &opt, a, &why) == NULL);
        CHECK(why.n > 0);
    }
    arena_free(a);
}

static void readers_cannot_write(void)
{
    struct db *db, *reader;
    struct fixture f = fixture_with_tables(DB_SQLITE, &db);

    reader = fixture_open(&f, DB_ROLE_READ);
    CHECK(item_add(reader, 1, "a", NULL) == ERR_INTERNAL_ERROR);
    CHECK(item_n(db, 1) == -1);
    db_close(reader);
    db_close(db);
    fixture_free(&f);
}

/* What an early one is told when it opens, a late one is told at its first use. */
static void late_readers(void)
{
    struct db *db, *reader;
    struct fixture f = fixture_with_tables(DB_SQLITE, &db);
    struct db_options opt = {.role = DB_ROLE_READ, .late = true};
    struct str why = {0};
    FILE *file;

    CHECK(item_add(db, 1, "a", NULL) == OK);
    reader = db_open(f.url, &opt, f.a, &why);
    CHECK(reader && db_begin(reader) == DB_OK && item_n(reader, 1) == 0 && db_commit(reader) == DB_OK);
    CHECK(item_add(reader, 2, "b", NULL) == ERR_INTERNAL_ERROR && item_n(db, 2) == -1);
    db_close(reader);
    db_close(db);
    file = fopen(arena_cstr(f.a, str_skip(f.url, strlen("sqlite:"))), "w");
    CHECK(file && fputs("no database, whatever else this may be, and long enough to hold the header of one", file) > 0);
    fclose(file);
    reader = db_open(f.url, &opt, f.a, &why);
    CHECK(reader && item_n(reader, 1) == -2 && db_begin(reader) != DB_OK && item_n(reader, 1) == -2);
    db_close(reader);
    opt.late = false;
    CHECK(!db_open(f.url, &opt, f.a, &why) && str_find(why, S("is not a database")) >= 0);
    fixture_free(&f);
}

/* A disk that has no room for what is committed. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void disk_full_at_commit(void)
{
    struct db *db, *reader;
    struct fixture f = fixture_with_tables(DB_SQLITE, &db);
    rlim_t now = (rlim_t)fixture_file_bytes(&f, "-wal");

    reader = fixture_open(&f, DB_ROLE_READ);
    CHECK(item_add(db, 1, "kept", NULL) == OK);
    signal(SIGXFSZ, SIG_IGN);
    for (int round = 0; round < 3; round++) {
        limit_files(now + 4096);
        CHECK(db_begin(db) == DB_OK);
        CHECK(item_add(db, 2, "lost", NULL) == OK);
        CHECK(db_script(db, "create table filler (x text)") == DB_OK);
        CHECK(db_commit(db) == DB_UNAVAILABLE);
        CHECK(item_n(db, 2) == -1 && item_n(reader, 1) == 0);
        CHECK(item_add(db, 3, "lost", NULL) == OK || item_n(db, 3) == -1);
        limit_files(RLIM_INFINITY);
        CHECK(db_begin(db) == DB_OK);
        CHECK(item_add(db, 10 + round, "kept", NULL) == OK);
        CHECK(db_commit(db) == DB_OK);
        CHECK(item_n(reader, 10 + round) == 0);
        now = (rlim_t)fixture_file_bytes(&f, "-wal");
    }
    db_close(reader);
    db_close(db);
    fixture_free(&f);
}

static void disk_full_in_a_statement(void)
{
    struct db *db;
    struct fixture f = fixture_with_tables(DB_SQLITE, &db);
    char *text = arena_alloc(f.a, 100001);

    memset(text, 'x', 100000);
    CHECK(db_script(db, "pragma max_page_count = 10") == DB_OK);
    CHECK(db_begin(db) == DB_OK);
    CHECK(item_add(db, 1, "small", NULL) == OK);
    db_unit_begin(db);
    CHECK(item_add(db, 2, text, NULL) == ERR_SERVICE_UNAVAILABLE);
    if (db_unit_end(db, false) == DB_OK)
        CHECK(db_commit(db) == DB_OK && item_n(db, 1) == 0);
    else
        CHECK(db_commit(db) == DB_UNAVAILABLE && item_n(db, 1) == -1);
    CHECK(item_n(db, 2) == -1);
    CHECK(db_script(db, "pragma max_page_count = 100000") == DB_OK);
    CHECK(item_add(db, 2, text, NULL) == OK);
    db_close(db);
    fixture_free(&f);
}

static int64_t backend_of(struct db *db)
{
    int64_t pid = 0;

    CHECK(db->ops->ask(db, "select pg_backend_pid()", &pid) == DB_OK);
    return pid;
}

static void end_backend(struct db *admin, int64_t pid)
{
    char text[200];
    int64_t there = 1;

    snprintf(text, sizeof text, "select pg_terminate_backend(%lld)", (long long)pid);
    CHECK(db_script(admin, text) == DB_OK);
    snprintf(text, sizeof text, "select count(*) from pg_stat_activity where pid = %lld", (long long)pid);
    while (there)
        CHECK(admin->ops->ask(admin, text, &there) == DB_OK);
}

static void connection_gone_and_back(void)
{
    struct db *db, *admin;
    struct fixture f = fixture_with_tables(DB_POSTGRES, &db);

    admin = fixture_open(&f, DB_ROLE_WRITE);
    CHECK(item_add(db, 1, "a", NULL) == OK);
    end_backend(admin, backend_of(db));
    CHECK(item_n(db, 1) == 0); /* a read is simply sent again */
    end_backend(admin, backend_of(db));
    CHECK(item_n(db, 1) == -2); /* not more than one new connection a second */
    CHECK(db_begin(db) == DB_UNAVAILABLE);
    usleep(1100000);
    CHECK(db_begin(db) == DB_OK);
    CHECK(item_add(db, 2, "b", NULL) == OK);
    end_backend(admin, backend_of(db));
    CHECK(item_add(db, 3, "c", NULL) == ERR_SERVICE_UNAVAILABLE);
    CHECK(item_n(db, 1) == -2);
    CHECK(db_commit(db) == DB_UNAVAILABLE);
    usleep(1100000);
    CHECK(item_n(db, 2) == -1);
    end_backend(admin, backend_of(db));
    usleep(1100000);
    CHECK(db_begin(db) == DB_OK); /* died while idle: nothing was lost */
    CHECK(item_add(db, 4, "d", NULL) == OK);
    CHECK(db_commit(db) == DB_OK);
    CHECK(item_n(admin, 4) == 0);
    db_close(admin);
    db_close(db);
    fixture_free(&f);
}

static enum db_status answer_with(struct db *db, const char *state)
{
    char text[200];

    snprintf(text, sizeof text, "do $$ begin raise exception 'on purpose' using errcode = '%s'; end $$", state);
    return db_script(db, text);
}

static void states_are_mapped(void)
{
    struct db *db;
    struct fixture f = fixture_with_tables(DB_POSTGRES, &db);

    CHECK(answer_with(db, "40001") == DB_RETRY);
    CHECK(answer_with(db, "40P01") == DB_RETRY);
    CHECK(answer_with(db, "23505") == DB_RETRY);
    CHECK(answer_with(db, "53100") == DB_UNAVAILABLE);
    CHECK(answer_with(db, "57014") == DB_UNAVAILABLE);
    CHECK(answer_with(db, "22003") == DB_FAULT);
    /* A failed transaction is not committed, and the next one is whole. */
    CHECK(db_begin(db) == DB_OK);
    CHECK(item_add(db, 1, "a", NULL) == OK);
    CHECK(answer_with(db, "22003") == DB_FAULT);
    CHECK(db_commit(db) == DB_FAULT);
    CHECK(item_n(db, 1) == -1);
    db_close(db);
    fixture_free(&f);
}

static void collisions_want_a_retry(void)
{
    struct db *db, *other;
    struct fixture f = fixture_with_tables(DB_POSTGRES, &db);

    other = fixture_open(&f, DB_ROLE_WRITE);
    CHECK(item_add(db, 1, "a", NULL) == OK);
    CHECK(db_begin(db) == DB_OK);
    CHECK(item_n(db, 1) == 0);
    CHECK(item_set_n(other, 1, 5, NULL) == OK);
    CHECK(!db_wants_retry(db));
    CHECK(item_set_n(db, 1, 1, NULL) == ERR_INTERNAL_ERROR);
    CHECK(db_wants_retry(db));
    db_rollback(db);
    CHECK(db_begin(db) == DB_OK);
    CHECK(!db_wants_retry(db));
    CHECK(item_n(db, 1) == 5);
    db_rollback(db);
    db_close(other);
    db_close(db);
    fixture_free(&f);
}

static void tests(enum db_engine engine)
{
    values_round_trip(engine);
    rows_and_counts(engine);
    transactions(engine);
    units(engine);
    planned_failure(engine);
    queries_are_checked(engine);
    if (engine == DB_SQLITE) {
        readers_cannot_write();
        late_readers();
        disk_full_at_commit();
        disk_full_in_a_statement();
    } else {
        states_are_mapped();
        collisions_want_a_retry();
        connection_gone_and_back();
    }
}

int main(void)
{
    addresses();
    on_each_engine(tests);
    return 0;
}
