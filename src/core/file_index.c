#include "core/file_index.h"

#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "core/search_index.h"
#include "store/blob.h"

enum { CONTENT_MAX_BYTES = 64 << 10, FILES_AT_ONCE = 100 };

/* The first of its text; a character that is cut in two is left out. */
static struct str read_content(struct blobs *blobs, struct arena *a, const struct file_row *f)
{
    char *bytes;
    int64_t size;
    ssize_t n;
    int fd;

    if (!blobs || (!str_eq(f->mode, S("snippet")) && !f->external_id.n) || !f->body.n)
        return S("");
    fd = blob_open(blobs, f->body, &size);
    if (fd < 0)
        return S("");
    bytes = arena_bytes(a, CONTENT_MAX_BYTES);
    n = pread(fd, bytes, CONTENT_MAX_BYTES, 0);
    close(fd);
    while (n > 0 && !utf8_valid(str_of(bytes, (size_t)n)))
        n--;
    return str_of(bytes, n > 0 ? (size_t)n : 0);
}

static enum err put(struct db *db, struct arena *a, struct blobs *blobs, const struct file_row *f)
{
    struct str text =
        ARENA_JOIN(a, f->name, S("\n"), f->title, S("\n"), f->alt_txt, S("\n"), read_content(blobs, a, f));
    int64_t changed;

    TRY(sql_file_words_drop(db, a, f->id, &changed));
    return sql_file_words_put(db, a, f->id, search_index_words(db, a, text), &changed);
}

enum err file_index_put(struct call *c, const struct file_row *f)
{
    return put(c->db, c->arena, c->blobs, f);
}

enum err file_index_drop(struct call *c, int64_t file)
{
    int64_t changed;

    return sql_file_words_drop(c->db, c->arena, file, &changed);
}

/* A portion in a transaction of its own; *n: how many it were. */
static enum err fill_some(struct db *db, struct arena *a, struct blobs *blobs, int64_t *after, int *n)
{
    struct file_row *rows;

    TRY(sql_file_words_missing(db, a, *after, FILES_AT_ONCE, &rows, n));
    for (int i = 0; i < *n; i++) {
        TRY(put(db, a, blobs, &rows[i]));
        *after = rows[i].id;
    }
    return OK;
}

void file_index_fill(struct db *writer, struct blobs *blobs)
{
    struct arena *a = arena_new(CONTENT_MAX_BYTES);
    int64_t after = 0, total = 0;
    int n = FILES_AT_ONCE;

    while (n == FILES_AT_ONCE && db_begin(writer) == DB_OK) {
        if (fill_some(writer, a, blobs, &after, &n) != OK) {
            db_rollback(writer); /* search does without; the next start tries again */
            break;
        }
        if (db_commit(writer) != DB_OK)
            break;
        total += n;
        arena_reset(a);
    }
    arena_free(a);
    if (total)
        log_info("files_indexed", "n=%lld", (long long)total);
}
