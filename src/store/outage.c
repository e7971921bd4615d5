#include "store/outage.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>

/* A database that comes and goes gets one pair of lines in this time. */
static const int64_t QUIET_US = 10 * (int64_t)US_PER_S;
static const int64_t FAULT_QUIET_US = US_PER_S;

enum { KINDS = OUTAGE_CONNECTION + 1, WHY_MAX = 200 };

struct outage {
    atomic_bool down;
    bool told; /* the operator has read of this one */
    int64_t since_us, line_us;
    int64_t failures_n;
};

static struct outage outages[2][KINDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const engine_names[] = {"sqlite", "postgres"};
static const char *const kind_names[] = {"read", "write", "connect"};

/* Libraries end their messages in newlines and put quotes into them; a log line can bear neither. */
static const char *one_line(const char *why, char out[WHY_MAX])
{
    size_t n = 0;

    for (; *why && n < WHY_MAX - 1; why++)
        out[n++] = *why == '"' ? '\'' : (unsigned char)*why < ' ' ? ' ' : *why;
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = 0;
    return out;
}

void outage_begin(enum db_engine engine, enum outage_kind kind, const char *why, const char *hint)
{
    struct outage *o = &outages[engine][kind];
    int64_t now_us = clock_mono_us();
    char line[WHY_MAX];

    pthread_mutex_lock(&lock);
    if (!o->down) {
        o->since_us = now_us;
        o->failures_n = 0;
        o->told = false;
        o->down = true;
    }
    o->failures_n++;
    if (!o->told && (o->line_us == 0 || now_us - o->line_us >= QUIET_US)) {
        log_error("db_unavailable", "engine=%s doing=%s why=\"%s\" hint=\"%s\"", engine_names[engine], kind_names[kind],
                  one_line(why, line), hint);
        o->told = true;
        o->line_us = now_us;
    }
    pthread_mutex_unlock(&lock);
}

void outage_end(enum db_engine engine, enum outage_kind kind)
{
    struct outage *o = &outages[engine][kind];

    if (!atomic_load_explicit(&o->down, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock);
    if (o->down && o->told)
        log_info("db_back", "engine=%s doing=%s after_ms=%lld failures=%lld", engine_names[engine], kind_names[kind],
                 (long long)(clock_mono_us() - o->since_us) / 1000, (long long)o->failures_n);
    o->down = false;
    pthread_mutex_unlock(&lock);
}

void fault_log(enum db_engine engine, const char *query, const char *why)
{
    static int64_t line_us, unsaid_n;
    int64_t now_us = clock_mono_us();
    char line[WHY_MAX];

    pthread_mutex_lock(&lock);
    if (line_us != 0 && now_us - line_us < FAULT_QUIET_US) {
        unsaid_n++;
    } else {
        log_error("db_fault", "engine=%s query=%s why=\"%s\" unsaid=%lld", engine_names[engine], query,
                  one_line(why, line), (long long)unsaid_n);
        line_us = now_us;
        unsaid_n = 0;
    }
    pthread_mutex_unlock(&lock);
}
