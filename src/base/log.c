#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static _Atomic enum log_level now_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&now_level, level);
}

enum log_level log_get_level(void)
{
    return atomic_load(&now_level);
}

void log_line(enum log_level level, const char *event, const char *fmt, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    char line[2048];
    struct timespec now;
    struct tm tm;
    va_list args;
    int n, more;

    if (level > log_get_level())
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    n = (int)strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &tm);
    n += snprintf(line + n, sizeof(line) - (size_t)n, ".%03ldZ level=%s event=%s ", now.tv_nsec / 1000000, names[level],
                  event);
    va_start(args, fmt);
    more = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, args);
    va_end(args);
    n = more < 0 ? n : n + more;
    if (n > (int)sizeof(line) - 2)
        n = (int)sizeof(line) - 2; /* a longer line is cut, not split */
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nobody is left to tell */
}
