/* Whatever somebody types into search: it is read, the engine takes what is made of it, and what is lit up stays valid
 * UTF-8. */
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "core/search_find.h"
#include "store/migrate.h"

enum { TEAM = 1, ME = 5 };

static struct db *open_as(struct arena *a, const char *dir, enum db_role role)
{
    struct str why;
    struct db *db =
        db_open(arena_printf(a, "sqlite:%s/db", dir), &(struct db_options){.role = role, .throwaway = true}, a, &why);

    if (!db)
        abort();
    return db;
}

/* The open files live on without their names. */
static void remove_names(struct arena *a, const char *dir)
{
    static const char *const names[] = {"", "-wal", "-shm", "-search", "-search-wal", "-search-shm"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(arena_cstr(a, arena_printf(a, "%s/db%s", dir, names[i])));
    rmdir(dir);
}

static struct db *open_once(void)
{
    static struct db *db;
    static struct arena *a;
    char dir[] = "/tmp/taut-search-fuzz-XXXXXX";
    struct db *writer, *index;
    struct str why;

    if (db)
        return db;
    a = arena_new(4096);
    if (!mkdtemp(dir))
        abort();
    writer = open_as(a, dir, DB_ROLE_WRITE);
    if (!db_migrate(writer, a, &why))
        abort();
    index = open_as(a, dir, DB_ROLE_INDEX);
    db = open_as(a, dir, DB_ROLE_READ);
    db_close(index);
    db_close(writer);
    remove_names(a, dir);
    return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    struct call c = {.arena = a, .team = TEAM, .who = {.kind = TOKEN_USER, .user = ME, .team = TEAM, .home = TEAM}};
    struct search_found *found = ARENA_NEW(a, struct search_found);
    struct str text = str_of((const char *)data, n);

    if (utf8_valid(text) && utf8_count(text) <= SEARCH_QUERY_MAX_CHARS) { /* as arguments are */
        c.db = open_once();
        if (search_find(&c, text, SEARCH_BY_SCORE, 0, 20, found) != OK)
            abort();
        if (!utf8_valid(search_query_mark(a, &found->query, text)))
            abort();
    }
    arena_free(a);
    return 0;
}
