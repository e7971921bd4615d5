#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 300, NEXT_MS = 100, LOG_MS = 10000, SMALL_BYTES = 256 << 10, BAR = 20 };

static struct {
    int64_t begin_ms, told_ms;
    bool shown; /* a line stands on the terminal */
} state;

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Is it time to say something? */
static bool is_time(void)
{
    int64_t now = now_ms(), wait = isatty(2) ? (state.shown ? NEXT_MS : FIRST_MS) : LOG_MS;

    if (!state.begin_ms)
        state.begin_ms = state.told_ms = now;
    if (now - state.told_ms < wait)
        return false;
    state.told_ms = now;
    return true;
}

static void tell(const char *line)
{
    if (isatty(2)) {
        fprintf(stderr, "\r\033[K%s", line);
        state.shown = true;
    } else {
        fprintf(stderr, "%s\n", line);
    }
    fflush(stderr);
}

static void megabytes(char *to, size_t n, int64_t bytes)
{
    snprintf(to, n, "%" PRId64 ".%" PRId64 " MB", bytes / 1000000, bytes / 100000 % 10);
}

bool progress_transfer(void *context, int64_t sent, int64_t of_sent, int64_t got, int64_t of_got)
{
    bool up = sent > got;
    int64_t n = up ? sent : got, of = up ? of_sent : of_got, s;
    char line[160], done[32], bar[BAR + 1];

    (void)context;
    if (n < SMALL_BYTES || !is_time())
        return true;
    s = (state.told_ms - state.begin_ms) / 1000;
    megabytes(done, sizeof(done), n);
    if (of >= n && of > 0) {
        int full = (int)(n * BAR / of);
        memset(bar, '.', BAR);
        memset(bar, '#', (size_t)full);
        bar[BAR] = '\0';
        snprintf(line, sizeof(line), "%s [%s] %3d%%  %s  %" PRId64 ":%02d", up ? "sent" : "received", bar,
                 (int)(n * 100 / of), done, s / 60, (int)(s % 60));
    } else {
        snprintf(line, sizeof(line), "%s %s  %" PRId64 ":%02d", up ? "sent" : "received", done, s / 60, (int)(s % 60));
    }
    tell(line);
    return true;
}

bool progress_wait(void *context, const char *method, int seconds)
{
    (void)context;
    progress_end();
    fprintf(stderr, "taut: %s: too many calls; it goes on in %d s.\n", method, seconds);
    return true;
}

void progress_count(const char *what, int64_t n)
{
    char line[96];

    if (!is_time())
        return;
    snprintf(line, sizeof(line), "%" PRId64 " %s", n, what);
    tell(line);
}

void progress_end(void)
{
    if (state.shown)
        fputs("\r\033[K", stderr);
    state.shown = false;
    state.begin_ms = 0;
}
