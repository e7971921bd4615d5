#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rand.h"
#include "net/hasher.h"

enum { SPILL_BYTES = 65536, WRITEBACK_BYTES = 8 << 20 };

void part_sink_init(struct part_sink *s, struct arena *a, int64_t memory_bytes, const struct part_place *place)
{
    *s = (struct part_sink){.arena = a, .place = place, .memory_bytes = memory_bytes, .fd = -1};
    s->spill = buf_in(a, SPILL_BYTES);
}

static void fail(struct part_sink *s, const char *what)
{
    log_error("upload_not_stored", "step=%s dir=%s why=\"%s\" hint=\"free space in, or allow writing to, the folder\"",
              what, s->place->temp_dir, strerror(errno));
    s->fault = true;
}

/* A file without a name: it goes when its descriptor is closed, also after a crash. */
static int open_unnamed(struct arena *a, const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char *path;

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    path = arena_cstr(a, arena_printf(a, "%s/part-XXXXXX", dir));
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

/* Every byte of the file passes here once. */
static void write_all(struct part_sink *s, struct str bytes)
{
    if (!s->fault)
        hasher_add(s->place->hasher, s->hash, bytes);
    while (bytes.n && !s->fault) {
        ssize_t n = write(s->fd, bytes.p, bytes.n);

        if (n >= 0)
            bytes = str_skip(bytes, (size_t)n);
        else if (errno != EINTR)
            fail(s, "write");
    }
}

static void open_file(struct part_sink *s)
{
    s->fd = open_unnamed(s->arena, s->place->temp_dir);
    if (s->fd < 0)
        fail(s, "open");
    s->hash = EVP_MD_CTX_new();
    if (!s->hash || !EVP_DigestInit_ex(s->hash, EVP_sha256(), NULL))
        fail(s, "hash");
}

void part_sink_begin(struct part_sink *s, bool to_file)
{
    s->memory = buf_in(s->arena, (size_t)s->memory_bytes);
    s->size_bytes = 0;
    s->flushed_bytes = 0;
    s->hash = NULL;
    s->fd = -1;
    if (to_file)
        open_file(s);
}

static void flush(struct part_sink *s)
{
    write_all(s, buf_view(&s->spill));
    s->spill.n = 0;
}

/* What has come is on its way to the disk while the rest still comes, so that whoever keeps the file waits less. */
static void begin_writeback(struct part_sink *s)
{
    if (s->size_bytes - s->flushed_bytes < WRITEBACK_BYTES)
        return;
    sync_file_range(s->fd, s->flushed_bytes, WRITEBACK_BYTES, SYNC_FILE_RANGE_WRITE);
    s->flushed_bytes += WRITEBACK_BYTES;
}

/* Small pieces are gathered: data that is full of CR arrives byte by byte. */
static void put_in_file(struct part_sink *s, struct str bytes)
{
    if (bytes.n > SPILL_BYTES - s->spill.n)
        flush(s);
    if (bytes.n >= SPILL_BYTES)
        write_all(s, bytes);
    else
        buf_str(&s->spill, bytes);
    begin_writeback(s);
}

void part_sink_put(struct part_sink *s, struct str bytes)
{
    if (s->fault || bytes.n == 0)
        return;
    s->size_bytes += (int64_t)bytes.n;
    if (s->fd < 0 && s->size_bytes <= s->memory_bytes) {
        buf_str(&s->memory, bytes);
        return;
    }
    if (s->fd < 0) {
        open_file(s);
        write_all(s, buf_view(&s->memory));
    }
    if (!s->fault)
        put_in_file(s, bytes);
}

static void end_file(struct part_sink *s, struct http_part *part)
{
    char *digest = arena_bytes(s->arena, SHA256_BYTES);

    flush(s);
    hasher_finish(s->place->hasher, s->hash);
    if (!s->fault && !EVP_DigestFinal_ex(s->hash, (unsigned char *)digest, NULL))
        fail(s, "hash");
    part->sha256 = str_of(digest, s->fault ? 0 : SHA256_BYTES);
}

void part_sink_end(struct part_sink *s, struct http_part *part)
{
    if (s->fd >= 0)
        end_file(s, part);
    EVP_MD_CTX_free(s->hash);
    s->hash = NULL;
    part->fd = s->fd;
    part->size_bytes = s->size_bytes;
    if (s->fd < 0)
        part->data = buf_view(&s->memory);
    s->fd = -1;
}
