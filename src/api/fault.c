#include "api/fault.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait.h"

enum { RULES_MAX = 32, NAME_MAX_BYTES = 64, SHARE_ONE = 1000000, DELAY_MAX_MS = 600000 };

struct rule {
    char method[NAME_MAX_BYTES], error[NAME_MAX_BYTES];
    int status, retry_after_s;
    int64_t delay_ms, share, times; /* share in millionths; times < 0: always */
};

struct fault_rules {
    pthread_mutex_t lock;
    uint64_t state; /* of the sequence that decides rates */
    struct rule rules[RULES_MAX];
    int n;
    /* What waits, the next due first, and the thread that sees to it (started by the first one). */
    pthread_cond_t changed;
    struct fault_wait *waiting;
    pthread_t thread;
    bool has_thread, hurry, stop;
};

static bool copy_name(char to[NAME_MAX_BYTES], struct str from)
{
    if (from.n == 0 || from.n >= NAME_MAX_BYTES)
        return false;
    memcpy(to, from.p, from.n);
    to[from.n] = '\0';
    return true;
}

static bool read_ms(struct str text, int64_t *ms)
{
    return duration_parse(text, ms) && *ms <= DELAY_MAX_MS;
}

/* "0.25", "1", ".5" in millionths. */
static bool read_share(struct str text, int64_t *share)
{
    char copy[32], *end;
    double v;

    if (text.n == 0 || text.n >= sizeof(copy))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    v = strtod(copy, &end);
    *share = (int64_t)(v * SHARE_ONE);
    return *end == '\0' && v >= 0 && v <= 1;
}

static bool read_int(struct str text, int low, int high, int *out)
{
    int64_t v;

    if (!str_to_i64(text, &v) || v < low || v > high)
        return false;
    *out = (int)v;
    return true;
}

static bool read_part(struct rule *r, struct str part)
{
    struct str key;

    if (!str_cut(&part, '=', &key))
        return false;
    if (str_eq(key, S("error")))
        return copy_name(r->error, part);
    if (str_eq(key, S("status")))
        return read_int(part, 200, 599, &r->status);
    if (str_eq(key, S("retry_after")))
        return read_int(part, 0, 86400, &r->retry_after_s);
    if (str_eq(key, S("delay")))
        return read_ms(part, &r->delay_ms);
    if (str_eq(key, S("rate")))
        return read_share(part, &r->share);
    if (str_eq(key, S("times")))
        return str_to_i64(part, &r->times) && r->times >= 0;
    return false;
}

static bool read_rule(struct rule *r, struct str text)
{
    struct str part;

    *r = (struct rule){.share = SHARE_ONE, .times = -1, .retry_after_s = -1};
    if (!str_cut(&text, ':', &part) || !copy_name(r->method, part))
        return false;
    while (str_cut(&text, ':', &part))
        if (!read_part(r, part))
            return false;
    if (r->status == 429 && !r->error[0])
        copy_name(r->error, S("ratelimited"));
    if (str_eq(str_c(r->error), S("ratelimited")) && r->retry_after_s < 0)
        r->retry_after_s = 1; /* clients wait for as long as it says, and some need it to say */
    if (r->status >= 500 && !r->error[0])
        copy_name(r->error, S("internal_error"));
    return r->error[0] || r->delay_ms;
}

static void init_lock(struct fault_rules *f)
{
    pthread_mutex_init(&f->lock, NULL);
    wait_init(&f->changed);
}

struct fault_rules *fault_parse(struct str text, struct arena *a, struct str *why)
{
    struct fault_rules *f = calloc(1, sizeof(*f));
    struct str piece;

    if (!f)
        abort();
    init_lock(f);
    f->state = 1;
    while (str_cut(&text, ',', &piece)) {
        if (f->n < RULES_MAX && read_rule(&f->rules[f->n], str_trim(piece))) {
            f->n++;
            continue;
        }
        *why = arena_printf(
            a,
            "--fault: '%.*s' is no rule; one looks like chat.postMessage:error=internal_error:rate=0.5, or "
            "users.list:status=429:retry_after=2, or *:delay=200ms.",
            STR_FMT(piece));
        fault_free(f);
        return NULL;
    }
    return f;
}

void fault_free(struct fault_rules *f)
{
    if (!f)
        return;
    if (f->has_thread) {
        pthread_mutex_lock(&f->lock);
        f->stop = true;
        pthread_cond_signal(&f->changed);
        pthread_mutex_unlock(&f->lock);
        pthread_join(f->thread, NULL);
    }
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static bool meets(const struct rule *r, struct str method)
{
    struct str name = str_c(r->method);

    if (str_ends(name, S("*")))
        return str_starts(method, str_head(name, name.n - 1));
    return str_eq(name, method);
}

/* The next number of a fixed sequence (xorshift), below SHARE_ONE. */
static int64_t next_share(struct fault_rules *f)
{
    f->state ^= f->state << 13;
    f->state ^= f->state >> 7;
    f->state ^= f->state << 17;
    return (int64_t)(f->state % SHARE_ONE);
}

bool fault_apply(struct fault_rules *f, struct str method, struct fault *out)
{
    bool found = false;

    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->n && !found; i++) {
        struct rule *r = &f->rules[i];
        if (!meets(r, method) || r->times == 0 || next_share(f) >= r->share)
            continue;
        if (r->times > 0)
            r->times--;
        *out = (struct fault){str_c(r->error), r->status, r->retry_after_s, r->delay_ms};
        found = true;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

/* --- delays --------------------------------------------------------------------------------------------------- */

/* Takes the first one off when its time has come; else waits for that, or for news.  Called with the lock held. */
static struct fault_wait *take_due(struct fault_rules *f)
{
    struct fault_wait *first = f->waiting;

    if (!first) {
        pthread_cond_wait(&f->changed, &f->lock);
        return NULL;
    }
    if (!f->hurry && clock_mono_us() < first->due_us) {
        wait_until(&f->changed, &f->lock, first->due_us);
        return NULL;
    }
    f->waiting = first->next;
    return first;
}

static void *run_waiting(void *rules)
{
    struct fault_rules *f = rules;

    pthread_mutex_lock(&f->lock);
    while (f->waiting || !f->stop) {
        struct fault_wait *due = take_due(f);
        if (!due)
            continue;
        pthread_mutex_unlock(&f->lock);
        due->done(due); /* its memory is the caller's again */
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

void fault_later(struct fault_rules *f, struct fault_wait *wait, int64_t delay_ms)
{
    struct fault_wait **at = &f->waiting;

    wait->due_us = clock_mono_us() + delay_ms * 1000;
    pthread_mutex_lock(&f->lock);
    while (*at && (*at)->due_us <= wait->due_us)
        at = &(*at)->next;
    wait->next = *at;
    *at = wait;
    if (!f->has_thread && pthread_create(&f->thread, NULL, run_waiting, f) != 0)
        abort(); /* no thread to be had at all: nothing could be answered any more */
    f->has_thread = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

void fault_hurry(struct fault_rules *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->hurry = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
}
