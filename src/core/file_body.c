#include "core/file_body.h"

#include "base/log.h"
#include "sql.h"

/* More than this, and more than this share of all, is more than a crash leaves behind: then it is rather the rows that
 * are not those of this folder. */
enum { LEFT_MAX = 64, LEFT_SHARE = 10 };

struct sweep {
    struct blobs *blobs;
    struct db *db;
    struct arena *arena;
    int64_t all, unnamed, removed;
};

/* A database that does not answer says nothing against a body. */
static bool is_named(void *ctx, struct str hash)
{
    struct sweep *s = ctx;
    int64_t one;
    bool found, named;

    named = sql_file_body_named(s->db, s->arena, hash, &one, &found) != OK || found;
    arena_reset(s->arena);
    return named;
}

static void count(void *ctx, struct str hash)
{
    struct sweep *s = ctx;

    s->all++;
    s->unnamed += !is_named(s, hash);
}

static void sweep_away(void *ctx, struct str hash)
{
    struct sweep *s = ctx;

    if (is_named(s, hash))
        return;
    blob_remove(s->blobs, hash, is_named, s);
    s->removed++;
}

void file_bodies_sweep(struct blobs *blobs, struct db *db)
{
    struct sweep s = {.blobs = blobs, .db = db, .arena = arena_new(4096)};

    blob_each(blobs, count, &s);
    if (s.unnamed > LEFT_MAX && s.unnamed > s.all / LEFT_SHARE)
        log_error("bodies_without_rows",
                  "n=%lld of=%lld hint=\"is this the database of this data folder? nothing was removed\"",
                  (long long)s.unnamed, (long long)s.all);
    else if (s.unnamed)
        blob_each(blobs, sweep_away, &s);
    arena_free(s.arena);
    if (s.removed)
        log_info("unused_bodies_removed", "n=%lld", (long long)s.removed);
}
