#include "jobs/runner.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/wait.h"
#include "core/auth.h"
#include "core/person.h"
#include "jobs/kinds.h"
#include "sql.h"

enum {
    ARENA_BYTES = 1 << 14,
    LOOK_EACH_S = 1,
    LOOKS_A_STORE = 5,
    STORED_EARLY = 1024,
    STORED_AT_ONCE = 512,
    TRIES_MAX = 24,
    LONGEST_WAIT_S = 3600
};

struct job_runner {
    struct job_options opt;
    pthread_mutex_t running; /* who has it may use opt.db, arena and what is below */
    struct arena *arena;
    pthread_mutex_t lock; /* of the two flags */
    pthread_cond_t told;
    bool ended; /* the lane is through with the job */
    bool stopping;
    pthread_t thread;
};

/* One job on its way. */
struct run {
    struct lane_job job; /* first: a lane_job * is a run * */
    struct job_runner *runner;
    struct job_row row;
    struct call call;
    bool claimed;
    enum err result;
    int64_t put_off_to_us; /* 0: run it */
    struct access_batch accesses;
};

static void open_call(struct run *u, struct db *db, int64_t org)
{
    const struct job_options *opt = &u->runner->opt;
    struct call *c = &u->call;

    call_system(c, u->runner->arena, db, org, u->row.team_id);
    c->settings = opt->settings;
    c->key = opt->key;
    c->base_url = opt->base_url;
    c->unheard = !bus_heard(&opt->bus);
}

/* Takes the row out before its job runs, so that the job may set itself again. */
static enum err perform(struct run *u, struct db *db)
{
    const struct job_kind *kind = job_kind_find(u->row.kind);
    struct arena *a = u->runner->arena;
    struct team_row team;
    int64_t changed;
    bool found;

    TRY(sql_job_drop(db, a, u->row.kind, u->row.team_id, u->row.subject, &changed));
    TRY(sql_team_get(db, a, u->row.team_id, &team, &found));
    if (!found || team.deleted)
        return OK;
    if (!kind)
        return ERR_INTERNAL_ERROR;
    TRY(auth_look(db, a)); /* no token was looked up on the way here */
    open_call(u, db, team.org_id);
    TRY(kind->run(&u->call, u->row.subject));
    TRY(bus_record(&u->runner->opt.bus, &u->call));
    if (u->call.touched_auth)
        TRY(auth_epoch_tell(db, a));
    bus_take_turn(&u->runner->opt.bus, &u->call);
    return OK;
}

static bool run_claimed(struct lane_job *job, struct db *db)
{
    struct run *u = (struct run *)job;

    bus_give_back(&u->runner->opt.bus, &u->call); /* of a run that PostgreSQL did not let stand */
    u->call = (struct call){0};
    u->result = sql_job_claim(db, u->runner->arena, clock_now_us(), &u->row, &u->claimed);
    if (u->result == OK && u->claimed)
        u->result = perform(u, db);
    return u->result == OK;
}

/* Something that fails again and again must not fill the log for ever: it is given up after about a day. */
static bool run_put_off(struct lane_job *job, struct db *db)
{
    struct run *u = (struct run *)job;
    const struct job_row *row = &u->row;
    struct arena *a = u->runner->arena;
    int64_t changed;

    if (row->tries >= TRIES_MAX)
        u->result = sql_job_drop(db, a, row->kind, row->team_id, row->subject, &changed);
    else
        u->result =
            sql_job_put_off(db, a, row->kind, row->team_id, row->subject, row->due_us, u->put_off_to_us, &changed);
    return u->result == OK;
}

static void ended(struct lane_job *job, bool committed, enum db_status why)
{
    struct run *u = (struct run *)job;
    struct job_runner *r = u->runner;

    if (!committed)
        u->result = why == DB_UNAVAILABLE ? ERR_SERVICE_UNAVAILABLE : ERR_INTERNAL_ERROR;
    if (u->result == OK && u->call.touched_auth)
        auth_forget_all();
    if (u->result == OK)
        bus_publish(&r->opt.bus, &u->call);
    else
        bus_give_back(&r->opt.bus, &u->call);
    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_cond_broadcast(&r->told);
    pthread_mutex_unlock(&r->lock);
}

/* To its end, on the lane. */
static void submit(struct run *u, bool (*run)(struct lane_job *, struct db *))
{
    struct job_runner *r = u->runner;

    r->ended = false;
    u->job = (struct lane_job){.run = run, .done = ended};
    lane_submit(r->opt.lane, &u->job, r->opt.db);
    pthread_mutex_lock(&r->lock);
    while (!r->ended)
        pthread_cond_wait(&r->told, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

static void put_off(struct run *u)
{
    int64_t wait_s = u->row.tries < 12 ? INT64_C(1) << u->row.tries : LONGEST_WAIT_S;
    char subject[ID_MAX];

    log_error("job_failed", "kind=%.*s subject=%.*s err=%s tries=%lld", STR_FMT(u->row.kind),
              (int)id_format(u->row.subject, subject), subject, err_name(u->result), (long long)u->row.tries + 1);
    u->call = (struct call){0};
    u->put_off_to_us = clock_now_us() + (wait_s < LONGEST_WAIT_S ? wait_s : LONGEST_WAIT_S) * US_PER_S;
    submit(u, run_put_off);
}

static bool run_accesses(struct lane_job *job, struct db *db)
{
    struct run *u = (struct run *)job;

    u->result = access_log_store(db, u->runner->arena, &u->accesses);
    return u->result == OK;
}

/* In portions, so that the calls of others do not wait behind a long list. */
static void store_accesses(struct job_runner *r)
{
    struct access_batch left;
    struct run *u;

    if (!r->opt.accesses)
        return;
    pthread_mutex_lock(&r->running);
    arena_reset(r->arena);
    u = ARENA_NEW(r->arena, struct run);
    u->runner = r;
    left = access_log_take(r->opt.accesses, r->arena);
    while (left.n && u->result == OK) {
        u->accesses = (struct access_batch){left.rows, left.n < STORED_AT_ONCE ? left.n : STORED_AT_ONCE};
        submit(u, run_accesses);
        if (u->result == OK)
            left = (struct access_batch){left.rows + u->accesses.n, left.n - u->accesses.n};
    }
    access_log_give_back(r->opt.accesses, &left);
    pthread_mutex_unlock(&r->running);
}

/* Every few looks, and at once when many wait. */
static bool is_time_to_store(struct job_runner *r, int look)
{
    return look % LOOKS_A_STORE == 0 || (r->opt.accesses && access_log_waiting(r->opt.accesses) >= STORED_EARLY);
}

/* False: nothing is due, or the database does not answer. */
static bool run_one(struct job_runner *r)
{
    struct run *u;
    int64_t next_us;
    bool found;

    arena_reset(r->arena);
    if (sql_job_next_us(r->opt.db, r->arena, &next_us, &found) != OK || !found || next_us > clock_now_us())
        return false;
    u = ARENA_NEW(r->arena, struct run);
    u->runner = r;
    submit(u, run_claimed);
    if (u->result != OK && u->claimed)
        put_off(u);
    return u->claimed && u->result == OK;
}

int job_runner_settle(struct job_runner *r)
{
    int n = 0;

    pthread_mutex_lock(&r->running);
    while (run_one(r))
        n++;
    pthread_mutex_unlock(&r->running);
    return n;
}

/* False when the runner is to end. */
static bool rest(struct job_runner *r)
{
    bool stopping;

    pthread_mutex_lock(&r->lock);
    if (!r->stopping)
        wait_until(&r->told, &r->lock, clock_mono_us() + LOOK_EACH_S * US_PER_S);
    stopping = r->stopping;
    pthread_mutex_unlock(&r->lock);
    return !stopping;
}

static void *runner_main(void *arg)
{
    struct job_runner *r = arg;

    for (int look = 1; rest(r); look++) {
        job_runner_settle(r);
        if (is_time_to_store(r, look))
            store_accesses(r);
    }
    return NULL;
}

/* Signals are the main thread's business. */
static void start_thread(struct job_runner *r)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&r->thread, NULL, runner_main, r) != 0)
        abort();
    pthread_setname_np(r->thread, "jobs");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct job_runner *job_runner_new(const struct job_options *opt)
{
    struct job_runner *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->opt = *opt;
    r->arena = arena_new(ARENA_BYTES);
    pthread_mutex_init(&r->running, NULL);
    pthread_mutex_init(&r->lock, NULL);
    wait_init(&r->told);
    if (opt->thread)
        start_thread(r);
    return r;
}

void job_runner_free(struct job_runner *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_broadcast(&r->told);
    pthread_mutex_unlock(&r->lock);
    if (r->opt.thread)
        pthread_join(r->thread, NULL);
    store_accesses(r);
    pthread_cond_destroy(&r->told);
    pthread_mutex_destroy(&r->lock);
    pthread_mutex_destroy(&r->running);
    arena_free(r->arena);
    db_close(r->opt.db);
    free(r);
}
