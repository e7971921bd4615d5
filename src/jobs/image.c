#include "jobs/image.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "jobs/image_wire.h"

/* The process limits its own CPU time; this ends one that sleeps or waits for a slow disk. */
enum { WAIT_MS = 20000 };

static enum image_status fault(const char *what, int error)
{
    log_error("image_process_failed", "step=%s why=\"%s\"", what, strerror(error));
    return IMAGE_FAULT;
}

/* "s64,s80,f360": square or fitted, and the pixels. */
static char *sizes_text(struct arena *a, const struct image_order *order)
{
    struct buf b = buf_in(a, 1024);

    for (int i = 0; i < order->n; i++)
        buf_printf(&b, "%s%c%d", i ? "," : "", order->sizes[i].square ? 's' : 'f', order->sizes[i].pixels);
    buf_char(&b, '\0');
    return b.p;
}

static int start(struct arena *a, int in, int out, const struct image_order *order, pid_t *pid)
{
    char crop[64];
    char *argv[] = {"taut", IMAGE_COMMAND, sizes_text(a, order), crop, NULL}, *env[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    int error;

    snprintf(crop, sizeof(crop), "%d,%d,%d", order->crop_x, order->crop_y, order->crop_w);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawnattr_init(&attr);
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    error = posix_spawn(pid, "/proc/self/exe", &files, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/* Without a descriptor for it nobody can wait with a limit; that says nothing against the image. */
static enum image_status wait_for(pid_t pid)
{
    int fd = pidfd_open(pid, 0);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    enum image_status result = fd < 0 ? fault("pidfd", errno) : IMAGE_OK;
    int status;

    if (fd < 0 || poll(&p, 1, WAIT_MS) <= 0)
        kill(pid, SIGKILL);
    if (fd >= 0)
        close(fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return result;
}

/* --- its answer ----------------------------------------------------------------------------------------------- */

static bool take(struct str *rest, void *out, size_t n)
{
    if (rest->n < n)
        return false;
    memcpy(out, rest->p, n);
    *rest = str_skip(*rest, n);
    return true;
}

static bool take_made(struct str *rest, struct image_made *m)
{
    struct image_wire_made w;

    if (!take(rest, &w, sizeof(w)) || w.bytes <= 0 || (size_t)w.bytes > rest->n || w.w <= 0 || w.h <= 0)
        return false;
    *m = (struct image_made){w.pixels, w.w, w.h, w.jpeg != 0, str_head(*rest, (size_t)w.bytes)};
    *rest = str_skip(*rest, (size_t)w.bytes);
    return true;
}

/* The process may have been taken over by the file it read, so its answer is checked like any input. */
static enum image_status read_answer(struct arena *a, struct str rest, struct image *out)
{
    struct image_wire_head head;

    if (!take(&rest, &head, sizeof(head)) || head.status < 1 || head.status > IMAGE_FAULT + 1)
        return IMAGE_BAD;
    if (head.status != IMAGE_OK + 1)
        return (enum image_status)(head.status - 1);
    if (head.n < 0 || head.n > IMAGE_SIZES_MAX || head.w <= 0 || head.h <= 0)
        return IMAGE_BAD;
    head.format[sizeof(head.format) - 1] = '\0';
    *out = (struct image){.w = head.w, .h = head.h, .rotation = head.rotation, .frames = head.frames, .n = head.n};
    out->format = arena_dup(a, str_c(head.format));
    for (int i = 0; i < head.n; i++)
        if (!take_made(&rest, &out->made[i]))
            return IMAGE_BAD;
    return IMAGE_OK;
}

static struct str read_all(struct arena *a, int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    size_t n = size > 0 && size <= IMAGE_WIRE_MAX_BYTES ? (size_t)size : 0;
    char *bytes = arena_bytes(a, n + 1);
    size_t at = 0;

    while (at < n) {
        ssize_t got = pread(fd, bytes + at, n - at, (off_t)at);
        if (got <= 0)
            break;
        at += (size_t)got;
    }
    return str_of(bytes, at);
}

enum image_status image_make(struct arena *a, int fd, const struct image_order *order, struct image *out)
{
    int answer = memfd_create("taut-image", MFD_CLOEXEC), error;
    enum image_status status;
    pid_t pid;

    *out = (struct image){0};
    if (answer < 0)
        return fault("memfd", errno);
    lseek(fd, 0, SEEK_SET);
    error = start(a, fd, answer, order, &pid);
    if (error) {
        close(answer);
        return fault("start", error);
    }
    status = wait_for(pid);
    if (status != IMAGE_OK) {
        close(answer);
        return status;
    }
    status = read_answer(a, read_all(a, answer), out);
    close(answer);
    if (status == IMAGE_FAULT)
        log_error("image_process_failed", "step=library why=\"libgd.so.3 cannot be loaded\" hint=\"install libgd3\"");
    return status;
}
