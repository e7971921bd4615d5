/* Preloaded into a program under test: a disk that fails its database, and that keeps what was synced alone.
 *
 * TAUT_TEST_DISK names a file of four 64-bit numbers, which is looked at on each call:
 *   [0] the error; [1] which calls it comes of (a sum of enum call); [2] how many go well before, and [3] how many
 * fail. Beside each of the database's files lies FILE.synced: what it was when it was last synced. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call { READS = 1, WRITES = 2, SYNCS = 4 };
enum { ERROR, CALLS, BEFORE, FAIL, CELLS };

static _Atomic int64_t nothing[CELLS];
static _Atomic int64_t *cells = nothing;

__attribute__((constructor)) static void open_cells(void)
{
    const char *path = getenv("TAUT_TEST_DISK");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(nothing), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED)
        cells = p;
}

static int is_ours(int fd, char path[4096])
{
    char link[64];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, 4095);
    path[n > 0 ? n : 0] = '\0';
    return strstr(path, "/taut.db") != NULL;
}

static int fails(int fd, enum call call)
{
    char path[4096];

    if (!(cells[CALLS] & call) || !is_ours(fd, path) || atomic_fetch_sub(&cells[BEFORE], 1) > 0 ||
        atomic_fetch_sub(&cells[FAIL], 1) <= 0)
        return 0;
    errno = (int)cells[ERROR];
    return 1;
}

/* Under another name until it is whole: whoever cuts the power kills the process at any place. */
static void keep(int fd)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char piece[1 << 20];
    char path[4096], part[4200], synced[4200];
    off_t at = 0;
    ssize_t n;
    int to;

    if (!is_ours(fd, path))
        return;
    snprintf(part, sizeof(part), "%s.part", path);
    snprintf(synced, sizeof(synced), "%s.synced", path);
    pthread_mutex_lock(&lock);
    to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (; (n = syscall(SYS_pread64, fd, piece, sizeof(piece), at)) > 0; at += n)
        if (syscall(SYS_pwrite64, to, piece, n, at) != n)
            abort();
    close(to);
    rename(part, synced);
    pthread_mutex_unlock(&lock);
}

static int sync_by(int fd, long call)
{
    int r;

    if (fails(fd, SYNCS))
        return -1;
    r = (int)syscall(call, fd);
    if (r == 0)
        keep(fd);
    return r;
}

int fsync(int fd)
{
    return sync_by(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_by(fd, SYS_fdatasync);
}

ssize_t pread64(int fd, void *p, size_t n, off64_t at)
{
    return fails(fd, READS) ? -1 : syscall(SYS_pread64, fd, p, n, at);
}

/* A write that fails has come half way. */
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    int error;

    if (!fails(fd, WRITES))
        return syscall(SYS_pwrite64, fd, p, n, at);
    error = errno;
    syscall(SYS_pwrite64, fd, p, n / 2, at);
    errno = error;
    return -1;
}
