#include "dev_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REMOVE_FDS = 8 };

/* In memory where the system has such a folder: nothing here is to outlive the process. */
static const char *parent(void)
{
    const char *temp = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : getenv("TMPDIR");

    return temp && *temp ? temp : "/tmp";
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_all(const char *path)
{
    nftw(path, remove_one, REMOVE_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* --- whose it is ---------------------------------------------------------------------------------------------- */

/* A file in it is locked while its process lives.  Process ids would not tell: they come again, and whoever shares the
 * folder from another container has others. */
static char *lock_path(struct arena *a, const char *folder)
{
    return arena_cstr(a, arena_printf(a, "%s/taut-dev.lock", folder));
}

/* It has its name only once it is locked: one that nobody holds is of a dead process.  Where there are no locks it gets
 * none, and after kill -9 the folder stays. */
static void take_lock(struct dev_folder *f, struct arena *a)
{
    char *path = lock_path(a, arena_cstr(a, f->path));
    char *made = arena_cstr(a, arena_printf(a, "%s.new", path));

    f->lock_fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (f->lock_fd >= 0 && flock(f->lock_fd, LOCK_EX | LOCK_NB) == 0)
        (void)rename(made, path);
}

/* Others may put what they like beside ours. */
static bool is_ours(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static void remove_dead(struct arena *a, const char *path)
{
    int fd = is_ours(path) ? open(lock_path(a, path), O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_all(path);
    if (fd >= 0)
        close(fd);
}

static void remove_all_dead(struct arena *a)
{
    DIR *d = opendir(parent());
    const struct dirent *e;

    while (d && (e = readdir(d)))
        if (str_starts(str_c(e->d_name), S("taut-dev-")))
            remove_dead(a, arena_cstr(a, arena_printf(a, "%s/%s", parent(), e->d_name)));
    if (d)
        closedir(d);
}

/* --- ours ----------------------------------------------------------------------------------------------------- */

bool dev_folder_make(struct dev_folder *f, struct arena *a, struct str *why)
{
    char *path = arena_cstr(a, arena_printf(a, "%s/taut-dev-%d-XXXXXX", parent(), (int)getpid()));

    *f = (struct dev_folder){.lock_fd = -1};
    remove_all_dead(a);
    if (!mkdtemp(path)) {
        *why = arena_printf(a, "The folder %s cannot be made: %s.", path, strerror(errno));
        return false;
    }
    f->path = str_c(path);
    take_lock(f, a);
    return true;
}

void dev_folder_remove(struct dev_folder *f, struct arena *a)
{
    if (!f->path.n)
        return;
    remove_all(arena_cstr(a, f->path));
    if (f->lock_fd >= 0)
        close(f->lock_fd);
    *f = (struct dev_folder){.lock_fd = -1};
}
