#include "core/file_body.h"

#include "base/log.h"
#include "sql.h"

struct sweep {
    struct blobs *blobs;
    struct db *db;
    struct arena *arena;
    int64_t removed;
};

/* A database that does not answer says nothing against a body. */
static bool is_named(void *ctx, struct str hash)
{
    struct sweep *s = ctx;
    int64_t one;
    bool found, named;

    named = sql_file_body_named(s->db, s->arena, hash, &one, &found) != OK || found;
    arena_reset(s->arena);
    s->removed += !named;
    return named;
}

static void look_at(void *ctx, struct str hash)
{
    struct sweep *s = ctx;

    blob_remove(s->blobs, hash, is_named, s);
}

void file_bodies_sweep(struct blobs *blobs, struct db *db)
{
    struct sweep s = {.blobs = blobs, .db = db, .arena = arena_new(4096)};

    blob_each(blobs, look_at, &s);
    arena_free(s.arena);
    if (s.removed)
        log_info("unused_bodies_removed", "n=%lld", (long long)s.removed);
}
