/* Preloaded into a program under test: a clock that its tests move, a disk that is full, a crash at a chosen place.
 *
 * TAUT_TEST_MOVED names a file of four 64-bit numbers, which is looked at on each call:
 *   [0] seconds that the wall clock is ahead, [1] seconds that the time since the machine started is ahead;
 *   [2] 1: files of analytics cannot be written, the disk is full;
 *   [3] n > 0: killed at the n-th of the steps that bring such a file to disk (half a write, fsync, rename: before and
 * after);
 *   [4] 1: no time server keeps the clock, as far as the kernel knows.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { WALL, BOOT, FULL, DIE, ALONE, CELLS };

static volatile int64_t nothing[CELLS];
static volatile int64_t *cells = nothing;

__attribute__((constructor)) static void open_cells(void)
{
    const char *path = getenv("TAUT_TEST_MOVED");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(nothing), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED)
        cells = p;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    int r = (int)syscall(SYS_clock_gettime, id, t);

    if (r == 0 && id == CLOCK_REALTIME)
        t->tv_sec += cells[WALL];
    if (r == 0 && id == CLOCK_BOOTTIME)
        t->tv_sec += cells[BOOT];
    return r;
}

int adjtimex(struct timex *t)
{
    (void)t;
    return cells[ALONE] ? TIME_ERROR : TIME_OK;
}

/* The kernel's clock is where it was: a wait that ends at a time of day ends that much earlier for it. */
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *until)
{
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    struct timespec t = *until;

    if (!real)
        *(void **)&real = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"); /* the older one is another */
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    if (t.tv_sec > 1000000000) /* no time since the machine started */
        t.tv_sec -= cells[WALL];
    return real(cond, lock, &t);
}

/* A step of one of the files that are looked at. */
static void step(void)
{
    if (cells[DIE] > 0 && --cells[DIE] == 0)
        kill(getpid(), SIGKILL);
}

static int is_ours(const char *path)
{
    return strstr(path, "/analytics/") != NULL;
}

static int fd_is_ours(int fd)
{
    char link[64], path[4096];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    return is_ours(path);
}

ssize_t write(int fd, const void *p, size_t n)
{
    if ((cells[FULL] || cells[DIE]) && fd_is_ours(fd)) {
        if (cells[FULL]) {
            errno = ENOSPC;
            return -1;
        }
        if (cells[DIE] == 1)
            syscall(SYS_write, fd, p, n / 2);
        step();
    }
    return syscall(SYS_write, fd, p, n);
}

int fsync(int fd)
{
    if (cells[DIE] && fd_is_ours(fd))
        step();
    return (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    int r;

    if (is_ours(to))
        step();
    r = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (is_ours(to))
        step();
    return r;
}
