#include "store/blob.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { COPY_BYTES = 1 << 18, PATH_BYTES = 4096 };

/* A body that somebody is about to name in a row. */
struct pin {
    struct pin *next;
    char hash[SHA256_HEX];
    int holders;
    bool keep; /* it was there before, or a row names it now */
};

struct blobs {
    char *folder;
    bool throwaway; /* nothing survives, so nothing is fsynced */
    pthread_mutex_t lock;
    struct pin *pins;
};

/* --- names ---------------------------------------------------------------------------------------------------- */

static bool is_hash(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return s.n == SHA256_HEX;
}

/* FOLDER/ab/cdef…: 256 folders keep each of them small. */
static void path_of(const struct blobs *b, const char *hash, char out[PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%s/%.2s/%.*s", b->folder, hash, SHA256_HEX - 2, hash + 2);
}

static bool fault(const char *step)
{
    log_error("file_not_stored", "step=%s why=\"%s\" hint=\"free space in, or allow writing to, the data folder\"",
              step, strerror(errno));
    return false;
}

/* --- open ----------------------------------------------------------------------------------------------------- */

static bool make_folders(const struct blobs *b)
{
    char path[PATH_BYTES];

    if (mkdir(b->folder, 0700) != 0 && errno != EEXIST)
        return false;
    for (int i = 0; i < 256; i++) {
        snprintf(path, sizeof(path), "%s/%02x", b->folder, i);
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

struct blobs *blobs_open(struct str folder, bool throwaway, struct arena *a, struct str *why)
{
    struct blobs *b = calloc(1, sizeof(*b));

    if (!b)
        abort();
    b->folder = strndup(folder.p, folder.n);
    b->throwaway = throwaway;
    pthread_mutex_init(&b->lock, NULL);
    if (b->folder && folder.n < PATH_BYTES - SHA256_HEX - 4 && make_folders(b))
        return b;
    *why = arena_printf(a, "The folder of uploaded files cannot be made: %.*s: %s.", STR_FMT(folder), strerror(errno));
    blobs_close(b);
    return NULL;
}

void blobs_close(struct blobs *b)
{
    struct pin *next;

    if (!b)
        return;
    for (struct pin *p = b->pins; p; p = next) {
        next = p->next;
        free(p);
    }
    pthread_mutex_destroy(&b->lock);
    free(b->folder);
    free(b);
}

/* --- pins ----------------------------------------------------------------------------------------------------- */

static struct pin **pin_find(struct blobs *b, const char *hash)
{
    struct pin **at = &b->pins;

    while (*at && memcmp((*at)->hash, hash, SHA256_HEX) != 0)
        at = &(*at)->next;
    return at;
}

/* True: the body is there already. */
static bool pin_take(struct blobs *b, const char *hash)
{
    char path[PATH_BYTES];
    struct pin **at, *p;
    bool there;

    path_of(b, hash, path);
    pthread_mutex_lock(&b->lock);
    at = pin_find(b, hash);
    there = access(path, F_OK) == 0;
    if (!*at) {
        p = calloc(1, sizeof(*p));
        if (!p)
            abort();
        memcpy(p->hash, hash, SHA256_HEX);
        p->keep = there;
        *at = p;
    }
    (*at)->holders++;
    pthread_mutex_unlock(&b->lock);
    return there;
}

void blob_unpin(struct blobs *b, struct str hash, bool keep)
{
    char path[PATH_BYTES];
    struct pin **at, *p;

    pthread_mutex_lock(&b->lock);
    at = pin_find(b, hash.p);
    p = *at;
    if (p) {
        p->keep = p->keep || keep;
        if (--p->holders == 0) {
            path_of(b, p->hash, path);
            if (!p->keep)
                unlink(path);
            *at = p->next;
            free(p);
        }
    }
    pthread_mutex_unlock(&b->lock);
}

/* --- storing -------------------------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t did = write(fd, p, n);
        if (did < 0 && errno == EINTR)
            continue;
        if (did <= 0)
            return false;
        p += did;
        n -= (size_t)did;
    }
    return true;
}

static bool copy_to(int from, int to)
{
    char *bytes = malloc(COPY_BYTES);
    int64_t at = 0;
    ssize_t n = -1;

    while (bytes && (n = pread(from, bytes, COPY_BYTES, at)) > 0 && write_all(to, bytes, (size_t)n))
        at += n;
    free(bytes);
    return n == 0;
}

static bool sync_folder(const struct blobs *b, const char *hash)
{
    char path[PATH_BYTES];
    int fd;
    bool ok;

    if (b->throwaway)
        return true;
    snprintf(path, sizeof(path), "%s/%.2s", b->folder, hash);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Gives a file without a name its place.  Somebody else may have put the same body there meanwhile. */
static bool link_file(const struct blobs *b, int fd, const char *hash)
{
    char from[64], path[PATH_BYTES];

    if (!b->throwaway && fsync(fd) != 0)
        return false;
    snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
    path_of(b, hash, path);
    if (linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST)
        return false;
    return sync_folder(b, hash);
}

static int new_file(const struct blobs *b)
{
    return open(b->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static bool store_copy(const struct blobs *b, int from, struct str bytes, const char *hash)
{
    int fd = new_file(b);
    bool ok;

    if (fd < 0)
        return false;
    ok = from >= 0 ? copy_to(from, fd) : write_all(fd, bytes.p, bytes.n);
    ok = ok && link_file(b, fd, hash);
    close(fd);
    return ok;
}

static bool stored(struct blobs *b, struct blob *out, bool ok)
{
    if (ok)
        return true;
    fault("write");
    blob_unpin(b, str_of(out->hash, SHA256_HEX), false);
    return false;
}

bool blob_put_file(struct blobs *b, int fd, struct str sha256, int64_t size_bytes, struct blob *out)
{
    assert(sha256.n == SHA256_BYTES);
    *out = (struct blob){.size_bytes = size_bytes};
    for (int i = 0; i < SHA256_BYTES; i++)
        snprintf(out->hash + 2 * i, 3, "%02x", (unsigned char)sha256.p[i]);
    if (pin_take(b, out->hash)) /* perhaps a moment ago, by somebody who still waits for the disk */
        return stored(b, out, sync_folder(b, out->hash));
    /* On another file system, or with a name that is gone, it cannot be linked. */
    return stored(b, out, link_file(b, fd, out->hash) || store_copy(b, fd, S(""), out->hash));
}

bool blob_put_bytes(struct blobs *b, struct str bytes, struct blob *out)
{
    *out = (struct blob){.size_bytes = (int64_t)bytes.n};
    sha256_hex(bytes, out->hash);
    if (pin_take(b, out->hash))
        return stored(b, out, sync_folder(b, out->hash));
    return stored(b, out, store_copy(b, -1, bytes, out->hash));
}

/* --- reading and removing ------------------------------------------------------------------------------------- */

int blob_open(struct blobs *b, struct str hash, int64_t *size_bytes)
{
    char path[PATH_BYTES];
    struct stat st;
    int fd;

    if (!is_hash(hash))
        return -1;
    path_of(b, hash.p, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) != 0) {
        close(fd);
        return -1;
    }
    if (fd >= 0)
        *size_bytes = st.st_size;
    return fd;
}

void blob_remove(struct blobs *b, struct str hash, bool (*still_named)(void *ctx, struct str hash), void *ctx)
{
    char path[PATH_BYTES];

    if (!is_hash(hash))
        return;
    path_of(b, hash.p, path);
    pthread_mutex_lock(&b->lock);
    if (!*pin_find(b, hash.p) && !still_named(ctx, hash))
        unlink(path);
    pthread_mutex_unlock(&b->lock);
}

static void each_in(struct blobs *b, const char *two, void (*fn)(void *ctx, struct str hash), void *ctx)
{
    char path[PATH_BYTES], hash[SHA256_HEX + 1];
    struct dirent *e;
    DIR *dir;

    snprintf(path, sizeof(path), "%s/%s", b->folder, two);
    dir = opendir(path);
    while (dir && (e = readdir(dir))) {
        if (strlen(e->d_name) != SHA256_HEX - 2)
            continue;
        snprintf(hash, sizeof(hash), "%.2s%.62s", two, e->d_name);
        if (is_hash(str_of(hash, SHA256_HEX)))
            fn(ctx, str_of(hash, SHA256_HEX));
    }
    if (dir)
        closedir(dir);
}

void blob_each(struct blobs *b, void (*fn)(void *ctx, struct str hash), void *ctx)
{
    char two[3];

    for (int i = 0; i < 256; i++) {
        snprintf(two, sizeof(two), "%02x", i);
        each_in(b, two, fn, ctx);
    }
}
