/* A catalogue of a few queries and schema steps, so that the tests of src/store need no generated one.
 *
 * Included once by each test program; it defines the tables.  The texts that a test changes are buffers. */
#ifndef TAUT_TESTS_UNIT_STORE_FAKE_H
#define TAUT_TESTS_UNIT_STORE_FAKE_H

#include "check.h"
#include "store/db_engine.h"
#include "store/migrate.h"
#include "store/schema_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ITEM_ADD,
    ITEM_ADD_STRICT,
    ITEM_ADD_RETURNING,
    ITEM_GET,
    ITEM_SOME,
    ITEM_SET_N,
    ITEM_DELETE,
    ECHO,
    PROBE,
};

static char probe_text[2][200] = {"select 1", "select 1"};

#define BOTH(sql)                                                                                                      \
    {                                                                                                                  \
        sql, sql                                                                                                       \
    }
const struct db_query db_queries[] = {
    [ITEM_ADD] = {.name = "item_add",
                  .text = BOTH("insert into item (id, name, n) values ($1, $2, $3) on conflict do nothing"),
                  .n_in = 3,
                  .writes = true},
    [ITEM_ADD_STRICT] = {.name = "item_add_strict",
                         .text = BOTH("insert into item (id, name, n) values ($1, $2, 0)"),
                         .n_in = 2,
                         .writes = true},
    [ITEM_ADD_RETURNING] = {.name = "item_add_returning",
                            .text = BOTH("insert into item (id, name, n) values ($1, $2, 7) returning id, n"),
                            .n_in = 2,
                            .n_out = 2,
                            .writes = true},
    [ITEM_GET] = {.name = "item_get",
                  .text = BOTH("select id, name, n from item where id = $1"),
                  .n_in = 1,
                  .n_out = 3},
    /* $1 = 0: left alone PostgreSQL takes $1 for an int. */
    [ITEM_SOME] = {.name = "item_some",
                   .text = BOTH("select id, name, n from item where ($1 = 0 or id >= $1) order by id limit $2"),
                   .n_in = 2,
                   .n_out = 3},
    /* $2 stands before $1. */
    [ITEM_SET_N] = {.name = "item_set_n",
                    .text = BOTH("update item set n = $2 where id >= $1"),
                    .n_in = 2,
                    .writes = true},
    [ITEM_DELETE] = {.name = "item_delete", .text = BOTH("delete from item where id = $1"), .n_in = 1, .writes = true},
    [ECHO] = {.name = "echo",
              .text = BOTH("select cast($1 as bigint), cast($2 as text), coalesce(cast($2 as text), 'was null')"),
              .n_in = 2,
              .n_out = 3},
    [PROBE] = {.name = "probe", .text = {probe_text[0], probe_text[1]}, .n_in = 0, .n_out = 1},
};
const int db_queries_n = sizeof db_queries / sizeof db_queries[0];

static char second_step[200] = "create table pair (a bigint not null, b text not null)";

const struct schema_step schema_steps[] = {
    {.number = 1,
     .name = "item",
     .text = BOTH("create table item (id bigint not null primary key, name text, n bigint)")},
    {.number = 2, .name = "pair", .text = {second_step, second_step}},
};
const int schema_steps_n = 2;
const struct schema_image schema_image = {0};

const char search_file_schema[] = "create table word (id bigint not null)";
const int search_file_version = 1;

/* A database to itself, empty. */
struct fixture {
    struct arena *a;
    struct str url;
    char dir[64];
};

static inline struct db *fixture_open(struct fixture *f, enum db_role role)
{
    struct db_options opt = {.role = role};
    struct str why = {0};
    struct db *db = db_open(f->url, &opt, f->a, &why);

    if (!db)
        fprintf(stderr, "%.*s\n", STR_FMT(why));
    CHECK(db != NULL);
    return db;
}

static inline struct fixture fixture_new(enum db_engine engine)
{
    struct fixture f = {.a = arena_new(4096), .dir = "/tmp/taut-store-XXXXXX"};
    struct db *db;

    if (engine == DB_SQLITE) {
        CHECK(mkdtemp(f.dir) != NULL);
        f.url = arena_printf(f.a, "sqlite:%s/test.db", f.dir);
        return f;
    }
    f.url = str_c(getenv("TAUT_TEST_PG"));
    db = fixture_open(&f, DB_ROLE_WRITE);
    CHECK(db_script(db, "drop table if exists item, pair, schema_version") == DB_OK);
    db_close(db);
    return f;
}

/* The same with its tables; *out is a writing connection. */
static inline struct fixture fixture_with_tables(enum db_engine engine, struct db **out)
{
    struct fixture f = fixture_new(engine);
    struct str why = {0};

    *out = fixture_open(&f, DB_ROLE_WRITE);
    if (!db_migrate(*out, f.a, &why))
        fprintf(stderr, "%.*s\n", STR_FMT(why));
    CHECK(why.n == 0);
    return f;
}

/* Size of the SQLite file with this suffix; 0 when there is none. */
static inline long long fixture_file_bytes(struct fixture *f, const char *suffix)
{
    char path[128];
    struct stat st;

    snprintf(path, sizeof path, "%s/test.db%s", f->dir, suffix);
    return stat(path, &st) == 0 ? (long long)st.st_size : 0;
}

static inline void fixture_free(struct fixture *f)
{
    static const char *const suffix[] = {"", "-wal", "-shm"};
    char path[128];

    for (int i = 0; i < 3 && str_starts(f->url, S("sqlite:")); i++) {
        snprintf(path, sizeof path, "%s/test.db%s", f->dir, suffix[i]);
        unlink(path);
    }
    rmdir(f->dir);
    arena_free(f->a);
}

static inline enum err item_add(struct db *db, int64_t id, const char *name, int64_t *changed)
{
    struct db_value in[] = {DB_I64(id), DB_STR(str_c(name)), DB_I64(0)};

    return db_run(db, ITEM_ADD, in, 3, NULL, NULL, changed);
}

static inline bool take_n(void *ctx, const struct db_row *row)
{
    *(int64_t *)ctx = db_col_i64(row, 2);
    return true;
}

/* The item's n; -1 when it is not there, -2 when the database does not answer. */
static inline int64_t item_n(struct db *db, int64_t id)
{
    struct db_value in[] = {DB_I64(id)};
    int64_t n = -1;

    return db_run(db, ITEM_GET, in, 1, take_n, &n, NULL) == OK ? n : -2;
}

static inline enum err item_set_n(struct db *db, int64_t from_id, int64_t n, int64_t *changed)
{
    struct db_value in[] = {DB_I64(from_id), DB_I64(n)};

    return db_run(db, ITEM_SET_N, in, 2, NULL, NULL, changed);
}

/* Runs the tests on SQLite, and on PostgreSQL when the environment names a server. */
static inline void on_each_engine(void (*tests)(enum db_engine))
{
    tests(DB_SQLITE);
    if (getenv("TAUT_TEST_PG"))
        tests(DB_POSTGRES);
}

#endif
