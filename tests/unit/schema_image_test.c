/* store/schema_image.h: a database that began as the image is the one that the schema steps make. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "check.h"
#include "store/db_engine.h"
#include "store/migrate.h"
#include "store/schema_image.h"

static struct arena *arena;
static char folder[] = "/tmp/taut-image-XXXXXX";

static char *path_of(const char *name)
{
    return arena_cstr(arena, arena_printf(arena, "%s/%s", folder, name));
}

static struct db *open_db(const char *name, bool throwaway)
{
    struct str url = arena_printf(arena, "sqlite:%s", path_of(name)), why;
    struct db *db = db_open(url, &(struct db_options){.role = DB_ROLE_WRITE, .throwaway = throwaway}, arena, &why);

    CHECK(db != NULL);
    return db;
}

static void remove_db(const char *name)
{
    static const char *const ends[] = {"", "-wal", "-shm"};

    for (int i = 0; i < 3; i++)
        unlink(arena_cstr(arena, arena_printf(arena, "%s%s", path_of(name), ends[i])));
}

static int64_t ask(struct db *db, const char *text)
{
    int64_t n = -1;

    CHECK(db->ops->ask(db, text, &n) == DB_OK);
    return n;
}

/* Rows that one of both has and the other has not. */
static int64_t differences(struct db *db, const char *columns, const char *table)
{
    struct str text = arena_printf(arena,
                                   "select count(*) from (select * from (select %1$s from main.%2$s except select %1$s "
                                   "from steps.%2$s) union all select * from (select %1$s from steps.%2$s except "
                                   "select %1$s from main.%2$s))",
                                   columns, table);

    return ask(db, arena_cstr(arena, text));
}

static void test_same_as_steps(void)
{
    struct db *steps = open_db("steps.db", false), *image = open_db("image.db", true);
    struct str why, attach = arena_printf(arena, "attach '%s' as steps", path_of("steps.db"));

    CHECK(ask(steps, "select count(*) from sqlite_master") == 0);
    CHECK(ask(image, "select count(*) from sqlite_master") > 0);
    CHECK(db_migrate(steps, arena, &why) && db_migrate(image, arena, &why));
    CHECK(db_script(image, arena_cstr(arena, attach)) == DB_OK);
    CHECK(differences(image, "type, name, tbl_name, sql", "sqlite_master") == 0);
    CHECK(differences(image, "number, name", "schema_version") == 0);
    CHECK(ask(image, "select count(*) from schema_version where applied_us > 0") == schema_steps_n);
    CHECK(differences(image, "one, pruned, newest", "search_state") == 0); /* the one table that steps put a row into */
    CHECK(ask(image, "select count(*) from search_state") == 1);
    db_close(image);
    db_close(steps);
    remove_db("image.db");
}

/* What is there stays. */
static void test_lays_none_over_another(void)
{
    struct stat before, after;
    char *path = path_of("steps.db");

    CHECK(stat(path, &before) == 0);
    CHECK(!schema_image_lay(path));
    CHECK(stat(path, &after) == 0 && after.st_size == before.st_size &&
          after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
    CHECK(!schema_image_lay(path_of("no/such/folder")));
    remove_db("steps.db");
}

int main(void)
{
    log_set_level(LOG_ERROR);
    arena = arena_new(1 << 16);
    CHECK(mkdtemp(folder));
    test_same_as_steps();
    test_lays_none_over_another();
    CHECK(rmdir(folder) == 0);
    arena_free(arena);
    return 0;
}
