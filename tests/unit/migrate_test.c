/* store/migrate.h on each engine. */
#include "store_fake.h"

#include <pthread.h>

static int64_t ask(struct db *db, const char *text)
{
    int64_t n = -1;

    CHECK(db->ops->ask(db, text, &n) == DB_OK);
    return n;
}

static bool table_there(struct db *db, const char *name)
{
    char text[100];

    snprintf(text, sizeof text, "drop table %s", name);
    CHECK(db_begin(db) == DB_OK);
    if (db_script(db, text) != DB_OK) {
        db_rollback(db);
        return false;
    }
    db_rollback(db);
    return true;
}

static void steps_run_once(enum db_engine engine)
{
    struct fixture f = fixture_new(engine);
    struct db *db = fixture_open(&f, DB_ROLE_WRITE);
    struct str why = {0};

    for (int round = 0; round < 3; round++) {
        CHECK(db_migrate(db, f.a, &why) && why.n == 0);
        CHECK(ask(db, "select count(*) from schema_version") == 2);
        CHECK(ask(db, "select max(number) from schema_version") == 2);
        CHECK(ask(db, "select count(*) from schema_version where applied_us > 1500000000000000 and name = "
                      "'pair'") == 1);
        CHECK(table_there(db, "item") && table_there(db, "pair"));
    }
    db_close(db);
    fixture_free(&f);
}

static void newer_schema_is_refused(enum db_engine engine)
{
    struct fixture f = fixture_new(engine);
    struct db *db = fixture_open(&f, DB_ROLE_WRITE);
    struct str why = {0};

    CHECK(db_script(db, "create table schema_version (number bigint not null primary key, name text not null, "
                        "applied_us bigint not null)") == DB_OK);
    CHECK(db_script(db, "insert into schema_version values (3, 'future', 1)") == DB_OK);
    CHECK(!db_migrate(db, f.a, &why));
    CHECK(str_find(why, S("schema 3")) >= 0 && str_find(why, S("knows 2")) >= 0);
    CHECK(!table_there(db, "item"));
    CHECK(ask(db, "select count(*) from schema_version") == 1);
    CHECK(db_script(db, "drop table schema_version") == DB_OK);
    db_close(db);
    fixture_free(&f);
}

static void failed_step_is_undone(enum db_engine engine)
{
    struct fixture f = fixture_new(engine);
    struct db *db = fixture_open(&f, DB_ROLE_WRITE);
    struct str why = {0};
    char good[sizeof second_step];

    memcpy(good, second_step, sizeof good);
    snprintf(second_step, sizeof second_step, "create table half (a bigint); create tabel pair (a bigint)");
    CHECK(!db_migrate(db, f.a, &why));
    CHECK(str_find(why, S("step 2 (pair)")) >= 0);
    CHECK(table_there(db, "item") && !table_there(db, "half"));
    CHECK(ask(db, "select max(number) from schema_version") == 1);
    memcpy(second_step, good, sizeof good);
    CHECK(db_migrate(db, f.a, &why));
    CHECK(table_there(db, "pair"));
    db_close(db);
    fixture_free(&f);
}

enum { NODES = 4 };

struct node {
    struct fixture *f;
    bool ok;
    pthread_t thread;
};

static void *start_node(void *arg)
{
    struct node *node = arg;
    struct arena *a = arena_new(1024);
    struct db_options opt = {.role = DB_ROLE_WRITE};
    struct str why = {0};
    struct db *db = db_open(node->f->url, &opt, a, &why);

    node->ok = db && db_migrate(db, a, &why);
    if (!node->ok)
        fprintf(stderr, "%.*s\n", STR_FMT(why));
    db_close(db);
    arena_free(a);
    return NULL;
}

static void nodes_wait_for_each_other(enum db_engine engine)
{
    struct fixture f = fixture_new(engine);
    struct db *db = fixture_open(&f, DB_ROLE_WRITE);
    struct node nodes[NODES];

    for (int i = 0; i < NODES; i++) {
        nodes[i] = (struct node){.f = &f};
        CHECK(pthread_create(&nodes[i].thread, NULL, start_node, &nodes[i]) == 0);
    }
    for (int i = 0; i < NODES; i++) {
        pthread_join(nodes[i].thread, NULL);
        CHECK(nodes[i].ok);
    }
    CHECK(ask(db, "select count(*) from schema_version") == 2);
    db_close(db);
    fixture_free(&f);
}

static void tests(enum db_engine engine)
{
    steps_run_once(engine);
    newer_schema_is_refused(engine);
    failed_step_is_undone(engine);
    nodes_wait_for_each_other(engine);
}

int main(void)
{
    on_each_engine(tests);
    return 0;
}
