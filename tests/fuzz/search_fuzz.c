/* Whatever somebody types into search: the engine takes the expression made of it, and what is lit up stays valid
 * UTF-8. */
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "core/search_query.h"
#include "sql.h"
#include "store/migrate.h"

static struct db *open_once(void)
{
    static struct db *db;
    static struct arena *a;
    char dir[] = "/tmp/taut-search-fuzz-XXXXXX";
    struct str why, path;

    if (db)
        return db;
    a = arena_new(4096);
    if (!mkdtemp(dir))
        abort();
    path = arena_printf(a, "sqlite:%s/db", dir);
    db = db_open(path, &(struct db_options){DB_ROLE_WRITE, true}, a, &why);
    if (!db || !db_migrate(db, a, &why))
        abort();
    /* The open files live on without their names. */
    unlink(arena_cstr(a, arena_printf(a, "%s/db", dir)));
    unlink(arena_cstr(a, arena_printf(a, "%s/db-wal", dir)));
    unlink(arena_cstr(a, arena_printf(a, "%s/db-shm", dir)));
    rmdir(dir);
    return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    struct search_query *q = ARENA_NEW(a, struct search_query);
    struct str mark = S("\xEE\x80\x80p1"), text = str_of((const char *)data, n);
    struct search_marks group = {.v = &mark, .n = 1};
    struct search_hit *hits;
    int64_t from, to;
    int n_hits;

    if (utf8_valid(text)) { /* arguments are */
        search_query_read(a, text, q);
        if (sql_search_newest(open_once(), a, search_match(a, DB_SQLITE, q, &group, 1), 0, INT64_MAX, 10, 0, &hits,
                              &n_hits) != OK)
            abort();
        search_score(q, text);
        if (!utf8_valid(search_highlight(a, q, text)))
            abort();
        search_span(text, 0, 0, &from, &to);
    }
    arena_free(a);
    return 0;
}
