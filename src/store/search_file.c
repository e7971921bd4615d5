#include "store/search_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const char *const parts[] = {"", "-wal", "-shm"};
enum { PARTS = sizeof(parts) / sizeof(*parts) };

static const char *path_of(const char *database, const char *part, char out[SEARCH_PATH_BYTES])
{
    snprintf(out, SEARCH_PATH_BYTES, "%s-search%s", database, part);
    return out;
}

const char *search_file_path(const char *database, char out[SEARCH_PATH_BYTES])
{
    return path_of(database, "", out);
}

static int version_of(sqlite3 *h, int *version)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(h, "pragma user_version", -1, &stmt, NULL);

    if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        *version = sqlite3_column_int(stmt, 0);
        rc = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    return rc;
}

static bool is_broken(int rc)
{
    return (rc & 0xff) == SQLITE_NOTADB || (rc & 0xff) == SQLITE_CORRUPT;
}

/* What a damaged table says of itself when it is first looked at: FTS5 takes it for an error like any other. */
static int try_tables(sqlite3 *h)
{
    int rc = sqlite3_exec(
        h, "select rowid from message_fts where message_fts match 'a' limit 1; select upto, seen from search_mark",
        NULL, NULL, NULL);

    return (rc & 0xff) == SQLITE_ERROR ? SQLITE_CORRUPT : rc;
}

static int fill(sqlite3 *h)
{
    char mark[64];
    int rc = sqlite3_exec(h, "pragma journal_mode = wal; begin immediate", NULL, NULL, NULL);

    snprintf(mark, sizeof(mark), "pragma user_version = %d; commit", search_file_version);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(h, search_file_schema, NULL, NULL, NULL);
    return rc == SQLITE_OK ? sqlite3_exec(h, mark, NULL, NULL, NULL) : rc;
}

static int open_file(const char *path, sqlite3 **h, int *version)
{
    int rc = sqlite3_open_v2(path, h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

    *version = 0;
    if (rc == SQLITE_OK)
        rc = version_of(*h, version);
    return rc == SQLITE_OK && *version == search_file_version ? try_tables(*h) : rc;
}

static void remove_file(const char *database)
{
    char path[SEARCH_PATH_BYTES];

    for (int i = 0; i < PARTS; i++)
        unlink(path_of(database, parts[i], path));
}

int search_file_make(const char *database)
{
    char path[SEARCH_PATH_BYTES];
    sqlite3 *h = NULL;
    int version, rc = open_file(search_file_path(database, path), &h, &version);

    if (is_broken(rc) || (version && version != search_file_version)) {
        log_warn("search_index", "what=%s",
                 is_broken(rc) ? "broken, so it is made anew" : "of another version, so it is made anew");
        sqlite3_close(h);
        remove_file(database);
        rc = open_file(path, &h, &version);
    }
    if (rc == SQLITE_OK && !version)
        rc = fill(h);
    sqlite3_close(h);
    return rc;
}

int search_file_attach(sqlite3 *h, const char *database)
{
    char path[SEARCH_PATH_BYTES];
    sqlite3_stmt *stmt = NULL;
    int rc;

    if (access(search_file_path(database, path), F_OK) != 0)
        return SQLITE_OK;
    rc = sqlite3_prepare_v2(h, "attach ?1 as search", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_DONE)
        rc = sqlite3_exec(h, "pragma search.cache_size = -4096", NULL, NULL, NULL);
    sqlite3_finalize(stmt);
    if (!is_broken(rc))
        return rc;
    /* A server makes it anew at its start; shell commands do without. */
    return sqlite3_db_filename(h, "search") ? sqlite3_exec(h, "detach search", NULL, NULL, NULL) : SQLITE_OK;
}
