/* The data folder: its lock (one server at a time) and its key file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "core/app.h"
#include "server.h"
#include "sql.h"

enum { KEY_ARENA_BYTES = 1 << 14 };

static bool fault(struct server *s, struct str *why, const char *what, struct str path)
{
    *why = arena_printf(s->arena, "%s %.*s: %s.", what, STR_FMT(path), strerror(errno));
    return false;
}

static bool make_folder(struct server *s, struct str *why)
{
    if (mkdir(arena_cstr(s->arena, s->data_dir), 0700) == 0 || errno == EEXIST)
        return true;
    return fault(s, why, "The data folder cannot be made:", s->data_dir);
}

/* The lock file holds the server's process id, for the shell commands and for the sentence below. */
static bool take_lock(struct server *s, struct str *why)
{
    struct str path = arena_printf(s->arena, "%.*s/taut.lock", STR_FMT(s->data_dir));
    char text[32] = "";
    ssize_t n;

    s->lock_fd = open(arena_cstr(s->arena, path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0)
        return fault(s, why, "The lock file cannot be opened:", path);
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        n = read(s->lock_fd, text, sizeof(text) - 1);
        *why = arena_printf(
            s->arena, "Another taut (process %.*s) serves the data folder %.*s; stop it first, or give --data-dir.",
            n > 0 ? (int)strcspn(text, "\n") : 1, n > 0 ? text : "?", STR_FMT(s->data_dir));
        close(s->lock_fd);
        s->lock_fd = -1;
        return false;
    }
    n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(s->lock_fd, 0) != 0 || pwrite(s->lock_fd, text, (size_t)n, 0) != n)
        return fault(s, why, "The lock file cannot be written:", path);
    return true;
}

static bool sync_folder(struct server *s)
{
    int fd = open(arena_cstr(s->arena, s->data_dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok;
}

long data_dir_server(struct server *s)
{
    char text[32] = "";
    int fd = open(arena_cstr(s->arena, arena_printf(s->arena, "%.*s/taut.lock", STR_FMT(s->data_dir))),
                  O_RDONLY | O_CLOEXEC);
    long pid = 0;

    if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && read(fd, text, sizeof(text) - 1) > 0)
        pid = strtol(text, NULL, 10);
    if (fd >= 0)
        close(fd);
    return pid > 0 ? pid : 0;
}

/* A new key is written whole before it has its name, and is there for good before anything is sealed under it: half a
 * key, or a name that a power cut takes back, would lock its owner out. */
static bool make_key(struct server *s, struct str path, struct str *why)
{
    struct str temp = arena_printf(s->arena, "%.*s.new", STR_FMT(path));
    int fd = open(arena_cstr(s->arena, temp), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok;

    rand_bytes(s->key, sizeof(s->key));
    ok = fd >= 0 && write(fd, s->key, sizeof(s->key)) == (ssize_t)sizeof(s->key) && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!ok || rename(arena_cstr(s->arena, temp), arena_cstr(s->arena, path)) != 0 || !sync_folder(s))
        return fault(s, why, "The key file cannot be written:", path);
    return true;
}

bool data_dir_key(struct server *s, struct str *why)
{
    struct str path = arena_printf(s->arena, "%.*s/taut.key", STR_FMT(s->data_dir));
    int fd = open(arena_cstr(s->arena, path), O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return errno == ENOENT ? make_key(s, path, why) : fault(s, why, "The key file cannot be read:", path);
    n = read(fd, s->key, sizeof(s->key));
    close(fd);
    if (n == (ssize_t)sizeof(s->key))
        return true;
    *why = arena_printf(s->arena, "The key file %.*s is not 32 bytes long; put its copy back.", STR_FMT(path));
    return false;
}

bool data_dir_key_fits(struct server *s, struct db *db)
{
    struct arena *a = arena_new(KEY_ARENA_BYTES);
    struct app_row *apps;
    int64_t org = 0;
    bool found, sealed = false, opened = false;
    int n;

    if (sql_org_id(db, a, &org, &found) == OK && found && sql_app_list(db, a, org, &apps, &n) == OK)
        for (int i = 0; i < n && !opened; i++) {
            sealed |= apps[i].signing_secret.n > 0;
            opened = app_unseal(a, s->key, apps[i].signing_secret).p != NULL;
        }
    arena_free(a);
    return opened || !sealed;
}

bool server_open_data(struct server *s, struct str *why)
{
    return make_folder(s, why) && take_lock(s, why) && data_dir_key(s, why);
}
