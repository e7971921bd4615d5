#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wait.h"

/* A line is short enough for a pipe to take it whole (PIPE_BUF). */
enum { LINE_BYTES = 2048, QUEUE_BYTES = 1 << 16 };

static _Atomic enum log_level now_level = LOG_INFO;

/* Lines that wait for the thread. */
static struct {
    _Atomic bool open; /* there is a thread */
    pthread_mutex_t lock;
    pthread_cond_t some, none;
    char text[QUEUE_BYTES];
    size_t n;
    unsigned long dropped; /* behind those in text */
    bool writing;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER};

void log_set_level(enum log_level level)
{
    atomic_store(&now_level, level);
}

enum log_level log_get_level(void)
{
    return atomic_load(&now_level);
}

/* --- a line --------------------------------------------------------------------------------------------------- */

static size_t format_args(char line[LINE_BYTES], enum log_level level, const char *event, const char *fmt, va_list args)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    struct timespec now;
    struct tm tm;
    int n, more;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    n = (int)strftime(line, LINE_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
    n += snprintf(line + n, LINE_BYTES - (size_t)n, ".%03ldZ level=%s event=%s ", now.tv_nsec / 1000000, names[level],
                  event);
    more = vsnprintf(line + n, LINE_BYTES - (size_t)n - 1, fmt, args);
    n = more < 0 ? n : n + more;
    if (n > LINE_BYTES - 2)
        n = LINE_BYTES - 2; /* a longer line is cut, not split */
    line[n++] = '\n';
    return (size_t)n;
}

__attribute__((format(printf, 4, 5))) static size_t format(char line[LINE_BYTES], enum log_level level,
                                                           const char *event, const char *fmt, ...)
{
    va_list args;
    size_t n;

    va_start(args, fmt);
    n = format_args(line, level, event, fmt, args);
    va_end(args);
    return n;
}

static void write_line(const char *p, size_t n)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};

    while (n) {
        ssize_t written = write(STDERR_FILENO, p, n);
        if (written < 0 && errno == EAGAIN)
            poll(&out, 1, -1); /* somebody else who has it open made it so */
        else if (written < 0 && errno != EINTR)
            return; /* nobody is left to tell */
        else if (written > 0)
            p += written, n -= (size_t)written;
    }
}

/* --- the queue ------------------------------------------------------------------------------------------------ */

static void put(const char *line, size_t n)
{
    pthread_mutex_lock(&queue.lock);
    if (queue.dropped || n > QUEUE_BYTES - queue.n) {
        queue.dropped++;
    } else {
        memcpy(queue.text + queue.n, line, n);
        queue.n += n;
    }
    pthread_cond_signal(&queue.some);
    pthread_mutex_unlock(&queue.lock);
}

/* Waits for lines and takes them all; what was dropped is the last of them. */
static size_t take(char out[QUEUE_BYTES + LINE_BYTES])
{
    size_t n;

    while (!queue.n)
        pthread_cond_wait(&queue.some, &queue.lock);
    n = queue.n;
    memcpy(out, queue.text, n);
    if (queue.dropped)
        n += format(out + n, LOG_WARN, "lines_dropped", "lines=%lu why=\"standard error was not read\"", queue.dropped);
    queue.n = 0;
    queue.dropped = 0;
    return n;
}

static void *write_all(void *arg)
{
    static char text[QUEUE_BYTES + LINE_BYTES];

    (void)arg;
    pthread_mutex_lock(&queue.lock);
    for (;;) {
        size_t n = take(text);
        queue.writing = true;
        pthread_mutex_unlock(&queue.lock);
        for (size_t at = 0, end; at < n; at = end) {
            end = (size_t)((char *)memchr(text + at, '\n', n - at) - text) + 1;
            write_line(text + at, end - at);
        }
        pthread_mutex_lock(&queue.lock);
        queue.writing = false;
        pthread_cond_signal(&queue.none);
    }
    return NULL;
}

void log_start(void)
{
    struct stat st;
    pthread_t thread;

    if (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode))
        return;
    wait_init(&queue.none);
    queue.open = pthread_create(&thread, NULL, write_all, NULL) == 0;
    if (queue.open)
        pthread_detach(thread);
}

void log_stop(void)
{
    int64_t until_us = clock_mono_us() + US_PER_S;

    pthread_mutex_lock(&queue.lock);
    while (queue.open && (queue.n || queue.writing) && wait_until(&queue.none, &queue.lock, until_us))
        ;
    pthread_mutex_unlock(&queue.lock);
}

void log_line(enum log_level level, const char *event, const char *fmt, ...)
{
    char line[LINE_BYTES];
    va_list args;
    size_t n;

    if (level > log_get_level())
        return;
    va_start(args, fmt);
    n = format_args(line, level, event, fmt, args);
    va_end(args);
    if (queue.open)
        put(line, n);
    else
        write_line(line, n);
}
