#include "analytics/analytics.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "analytics/close.h"
#include "analytics/steady.h"
#include "base/log.h"
#include "base/wait.h"
#include "core/count.h"
#include "core/said.h"

enum { ARENA_BYTES = 1 << 14, MARKS_A_COMMIT = 512, SAID_A_COMMIT = 1024, LOOK_EACH_S = 1, REST_AFTER_FAULT_S = 30 };

struct analytics {
    struct analytics_options opt;
    char *folder;
    pthread_mutex_t flushing; /* who has it may use flush_db and flush_arena */
    struct arena *flush_arena;
    pthread_mutex_t closing; /* who has it may use opt.db, close and what is below */
    struct close close;
    struct steady steady;
    bool compared;         /* the clock at the start with what is stored */
    int64_t rest_until_us; /* after a fault; of the monotonic clock */
    pthread_mutex_t lock;  /* of stopping */
    pthread_cond_t told;
    bool stopping;
    pthread_t thread;
};

/* --- the lane ------------------------------------------------------------------------------------------------- */

/* One thing to be stored, and who waits for it. */
struct errand {
    struct lane_job job; /* first: a lane_job * is an errand * */
    enum err (*run)(void *job, struct db *db, struct arena *a);
    void *what;
    struct arena *arena;
    enum err result;
    pthread_mutex_t lock;
    pthread_cond_t ended_told;
    bool ended;
};

static bool errand_run(struct lane_job *job, struct db *db)
{
    struct errand *e = (struct errand *)job;

    e->result = e->run(e->what, db, e->arena);
    return e->result == OK;
}

static void errand_done(struct lane_job *job, bool committed, enum db_status why)
{
    struct errand *e = (struct errand *)job;

    pthread_mutex_lock(&e->lock);
    if (!committed)
        e->result = why == DB_UNAVAILABLE ? ERR_SERVICE_UNAVAILABLE : ERR_INTERNAL_ERROR;
    e->ended = true;
    pthread_cond_signal(&e->ended_told);
    pthread_mutex_unlock(&e->lock);
}

static enum err on_lane(struct lane *lane, struct db *db, struct arena *a,
                        enum err (*run)(void *, struct db *, struct arena *), void *what)
{
    struct errand e = {.job = {.run = errand_run, .done = errand_done}, .run = run, .what = what, .arena = a};

    pthread_mutex_init(&e.lock, NULL);
    pthread_cond_init(&e.ended_told, NULL);
    lane_submit(lane, &e.job, db);
    pthread_mutex_lock(&e.lock);
    while (!e.ended)
        pthread_cond_wait(&e.ended_told, &e.lock);
    pthread_mutex_unlock(&e.lock);
    pthread_cond_destroy(&e.ended_told);
    pthread_mutex_destroy(&e.lock);
    return e.result;
}

static enum err close_on_lane(void *ctx, enum err (*run)(void *, struct db *, struct arena *), void *job)
{
    struct analytics *a = ctx;

    return on_lane(a->opt.lane, a->opt.db, a->close.arena, run, job);
}

/* --- marks ---------------------------------------------------------------------------------------------------- */

static enum err store_marks(void *what, struct db *db, struct arena *a)
{
    const struct mark_batch *b = what;

    return marks_store(db, a, b->v, b->n);
}

/* A part of them, so that posts wait for no more than that. */
static enum err flush_some(struct analytics *a, struct mark_batch some)
{
    enum err e;

    arena_reset(a->flush_arena);
    e = on_lane(a->opt.lane, a->opt.flush_db, a->flush_arena, store_marks, &some);
    for (int i = 0; i < some.n; i++)
        if (e == OK)
            marks_learn(a->opt.marks, &some.v[i]);
        else
            marks_note(a->opt.marks, &some.v[i]); /* it waits again */
    return e;
}

static enum err flush_marks(struct analytics *a)
{
    struct mark_batch all = marks_take(a->opt.marks);
    enum err e = OK;

    for (int at = 0; at < all.n; at += MARKS_A_COMMIT) {
        int n = all.n - at < MARKS_A_COMMIT ? all.n - at : MARKS_A_COMMIT;
        enum err part = flush_some(a, (struct mark_batch){all.v + at, n});
        e = e == OK ? part : e;
    }
    free(all.v);
    return e;
}

/* --- what was said -------------------------------------------------------------------------------------------- */

static enum err store_said(void *what, struct db *db, struct arena *a)
{
    return said_count_some(db, a, what);
}

static enum err flush_said(struct analytics *a)
{
    struct said_batch b = {.marks = a->opt.marks, .limit = SAID_A_COMMIT, .more = said_waits()};

    while (b.more) {
        enum err e;

        arena_reset(a->flush_arena);
        e = on_lane(a->opt.lane, a->opt.flush_db, a->flush_arena, store_said, &b);
        if (e != OK) {
            said_still_waits();
            return e;
        }
        for (int i = 0; i < b.n; i++)
            marks_learn(a->opt.marks, &b.active[i]);
    }
    return OK;
}

enum err analytics_flush(struct analytics *a)
{
    enum err marks, said;

    pthread_mutex_lock(&a->flushing);
    marks = flush_marks(a);
    said = flush_said(a);
    pthread_mutex_unlock(&a->flushing);
    return marks == OK ? said : marks;
}

/* --- days ----------------------------------------------------------------------------------------------------- */

static int64_t clock_us(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

/* Does a time server keep the machine's clock, as far as the kernel knows? */
static bool is_vouched_for(void)
{
    struct timex t = {0};
    int state = adjtimex(&t);

    return state >= 0 && state != TIME_ERROR;
}

/* A server that was off over a midnight finds one day to close.  Several: it was off for long, or the clock is wrong.
 */
static enum err compare_at_start(struct analytics *a, int64_t now_us)
{
    int64_t days;

    if (a->compared || a->opt.throwaway)
        return OK;
    TRY(close_days_due(&a->close, now_us, &days));
    a->compared = true;
    if (days <= 1)
        return OK;
    steady_doubt(&a->steady, clock_us(CLOCK_BOOTTIME));
    if (!is_vouched_for())
        log_warn(
            "clock_doubted",
            "days=%lld hint=\"the clock is that many days ahead of the last one that was counted, and the system does "
            "not say that a time server keeps it: none is closed for an hour; if it is wrong, set it right\"",
            (long long)days);
    return OK;
}

static bool is_steady(struct analytics *a)
{
    int64_t leap_us;
    bool steady = steady_is(&a->steady, clock_us(CLOCK_REALTIME), clock_us(CLOCK_BOOTTIME), is_vouched_for(), &leap_us);

    if (leap_us)
        log_warn("clock_leapt", "seconds=%lld hint=\"no day is closed for an hour; set the clock right\"",
                 (long long)(leap_us / US_PER_S));
    return steady;
}

/* What waits must be stored first: it may belong to the day.  What comes after that look at the clock may not. */
void analytics_settle(struct analytics *a)
{
    int64_t now_us = clock_now_us();
    enum err e = analytics_flush(a);

    pthread_mutex_lock(&a->closing);
    if (clock_mono_us() >= a->rest_until_us) {
        if (e == OK)
            e = compare_at_start(a, now_us);
        if (e == OK && is_steady(a))
            e = close_due(&a->close, now_us);
        if (e != OK) {
            log_error("days_not_closed", "why=%s next_try_s=%d", err_name(e), REST_AFTER_FAULT_S);
            a->rest_until_us = clock_mono_us() + (int64_t)REST_AFTER_FAULT_S * US_PER_S;
        }
    }
    pthread_mutex_unlock(&a->closing);
}

/* --- files ---------------------------------------------------------------------------------------------------- */

static int open_file(struct analytics *a, int64_t team, int64_t day, enum analytics_kind kind, int64_t *bytes)
{
    char path[DAY_PATH_BYTES];
    struct stat st;
    int fd;

    folder_path(str_c(a->folder), team, day, kind, path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) != 0) {
        close(fd);
        return -1;
    }
    *bytes = st.st_size;
    return fd;
}

int analytics_file(struct analytics *a, struct db *db, int64_t team, int64_t day, enum analytics_kind kind,
                   int64_t *bytes)
{
    int fd = open_file(a, team, day, kind, bytes);
    struct close again;

    if (fd >= 0)
        return fd;
    pthread_mutex_lock(&a->closing); /* the same file is not written twice at once */
    again = a->close;
    again.arena = arena_new(ARENA_BYTES);
    fd = open_file(a, team, day, kind, bytes);
    if (fd < 0 && close_again(&again, db, team, day) == OK)
        fd = open_file(a, team, day, kind, bytes);
    pthread_mutex_unlock(&a->closing);
    arena_free(again.arena);
    return fd;
}

int analytics_temporary(struct analytics *a)
{
    int fd = folder_temporary(str_c(a->folder));

    if (fd < 0)
        log_error("analytics_file", "step=open folder=%s why=\"%s\"", a->folder, strerror(errno));
    return fd;
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

/* False when it is time to stop. */
static bool rest(struct analytics *a)
{
    int64_t until_us = clock_mono_us() + LOOK_EACH_S * US_PER_S;
    bool go_on;

    pthread_mutex_lock(&a->lock);
    while (!a->stopping && wait_until(&a->told, &a->lock, until_us))
        ;
    go_on = !a->stopping;
    pthread_mutex_unlock(&a->lock);
    return go_on;
}

static void *analytics_main(void *arg)
{
    struct analytics *a = arg;

    while (rest(a))
        analytics_settle(a);
    return NULL;
}

/* Signals are the main thread's business. */
static void start_thread(struct analytics *a)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&a->thread, NULL, analytics_main, a) != 0)
        abort();
    pthread_setname_np(a->thread, "analytics");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void release(struct analytics *a)
{
    if (a->opt.flush_db)
        db_close(a->opt.flush_db);
    db_close(a->opt.db);
    pthread_cond_destroy(&a->told);
    pthread_mutex_destroy(&a->lock);
    pthread_mutex_destroy(&a->closing);
    pthread_mutex_destroy(&a->flushing);
    arena_free(a->flush_arena);
    arena_free(a->close.arena);
    free(a->folder);
    free(a);
}

static void init_locks(struct analytics *a)
{

    pthread_mutex_init(&a->flushing, NULL);
    pthread_mutex_init(&a->closing, NULL);
    pthread_mutex_init(&a->lock, NULL);
    wait_init(&a->told);
}

/* A day is one pass over all its people: pages that are mapped meanwhile would only stay resident. */
static void map_nothing(struct db *db)
{
    if (db_engine(db) == DB_SQLITE)
        db_script(db, "pragma mmap_size = 0");
}

struct analytics *analytics_new(const struct analytics_options *opt, struct arena *arena, struct str *why)
{
    struct analytics *a = calloc(1, sizeof(*a));

    if (!a || !(a->folder = strndup(opt->folder.p, opt->folder.n)))
        abort();
    a->opt = *opt;
    map_nothing(opt->db);
    a->flush_arena = arena_new(ARENA_BYTES);
    a->close = (struct close){.folder = str_c(a->folder),
                              .settings = opt->settings,
                              .throwaway = opt->throwaway,
                              .db = opt->db,
                              .on_lane = close_on_lane,
                              .ctx = a,
                              .arena = arena_new(ARENA_BYTES)};
    init_locks(a);
    if (opt->folder.n > DAY_PATH_BYTES / 2 || (mkdir(a->folder, 0700) != 0 && errno != EEXIST)) {
        *why = arena_printf(arena, "The folder of analytics files cannot be made: %s: %s.", a->folder, strerror(errno));
        release(a);
        return NULL;
    }
    count_closed(0);
    if (opt->thread)
        start_thread(a);
    return a;
}

void analytics_free(struct analytics *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stopping = true;
    pthread_cond_signal(&a->told);
    pthread_mutex_unlock(&a->lock);
    if (a->opt.thread)
        pthread_join(a->thread, NULL);
    analytics_flush(a);
    release(a);
}
