#include "live/events_api.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/wait.h"
#include "core/auth.h"
#include "live/sending.h"
#include "sql.h"

#define SWEEP_EACH_US (INT64_C(60) * US_PER_S)
#define TELL_EACH_US (INT64_C(60) * US_PER_S)

enum { ARENA_BYTES = 1 << 12, REST_US = 5 * US_PER_S, IDLE_US = 5 * US_PER_S };

/* --- results, on the lane ------------------------------------------------------------------------------------- */

static struct line *line_of_job(struct lane_job *job)
{
    return (struct line *)(void *)((char *)job - offsetof(struct line, job));
}

static bool lane_write(struct lane_job *job, struct db *db)
{
    struct line *line = line_of_job(job);

    line->written = line_write(line, db) == OK;
    return line->written;
}

static void lane_wrote(struct lane_job *job, bool committed, enum db_status why)
{
    struct line *line = line_of_job(job);
    struct events_api *ev = line->owner;
    bool changed = line->answered || line->failing;

    (void)why; /* the store has logged it; rows that stay are delivered again, but not at once */
    if (committed && line->written && changed)
        auth_forget_all();
    pthread_mutex_lock(&ev->lock);
    if (!committed || !line->written)
        line->rest_until_us = clock_mono_us() + REST_US;
    if (line->failing)
        log_warn("events_disabled", "app=%s failed=%lld of=%lld hint=\"a new manifest turns them on again\"",
                 app_text(line->app).text, (long long)line->health.failed, (long long)line->health.count);
    if (line->failing)
        line->health = (struct line_health){0};
    line->asking = line->answered = line->failing = line->forgets = false;
    if (committed && line->written)
        line->late_untold += line->late;
    line->n = line->at = line->late = 0;
    line_pass_on(line, LINE_IDLE);
    pthread_mutex_unlock(&ev->lock);
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

static void copy_app(struct line *line, const struct app *app)
{
    arena_reset(line->arena);
    line->socket = app->socket;
    line->url = arena_dup(line->arena, app->url);
    line->signing_secret = arena_dup(line->arena, app->signing_secret);
    line->token = arena_dup(line->arena, app->verification_token);
}

static void write_out(struct events_api *ev, struct line *line)
{
    pthread_mutex_lock(&ev->lock);
    line->stage = LINE_WRITING;
    pthread_mutex_unlock(&ev->lock);
    line->job = (struct lane_job){.run = lane_write, .done = lane_wrote};
    lane_submit(ev->opt.lane, &line->job, ev->opt.db);
}

static void ask(struct events_api *ev, struct line *line)
{
    line->asking = true;
    line_prepare_challenge(line);
    pthread_mutex_lock(&ev->lock);
    line_send(line);
    pthread_mutex_unlock(&ev->lock);
}

/* What is due, when no other node delivers it. */
static enum err load(struct events_api *ev, struct line *line)
{
    bool mine = true;

    TRY(line_load(line, ev->opt.db));
    if (!ev->opt.shared)
        return OK;
    if (line->n)
        TRY(line_own(line, ev->opt.db, ev->node, &mine));
    else if (clock_mono_us() - line->served_us > IDLE_US)
        line_release(line, ev->opt.db, ev->node);
    if (!mine) {
        line->n = 0;
        line->rest_until_us = clock_mono_us() + US_PER_S;
    }
    return OK;
}

static void deliver(struct events_api *ev, struct line *line)
{
    uint64_t commits;
    enum err e;

    pthread_mutex_lock(&ev->lock);
    commits = ev->commits;
    pthread_mutex_unlock(&ev->lock);
    e = load(ev, line);
    pthread_mutex_lock(&ev->lock);
    if (e == OK && line->n == 0 && commits > line->marked_at)
        line->pending = false;
    line->begun_us = clock_mono_us();
    if (e == OK && line->n)
        line_go_on(line);
    pthread_mutex_unlock(&ev->lock);
}

/* Nobody hears what waits there. */
static void forget(struct events_api *ev, struct line *line)
{
    pthread_mutex_lock(&ev->lock);
    line->forgets = line->pending;
    line->pending = false;
    pthread_mutex_unlock(&ev->lock);
    if (line->forgets)
        write_out(ev, line);
}

/* Nobody is there to hear: what has become too old goes, as many at a time as would be sent. */
static void sweep(struct events_api *ev, struct line *line, int64_t now_us)
{
    bool more;

    if (!line->pending || now_us < line->sweep_at_us)
        return;
    if (line_load(line, ev->opt.db) != OK)
        line->n = 0;
    line_pass_late(line, clock_now_us());
    more = line->n && line->at == line->n;
    line->sweep_at_us = more ? now_us : now_us + SWEEP_EACH_US;
    line->n = line->at;
    if (line->n)
        write_out(ev, line);
}

/* Says how many events came too late: at once, then once a minute, and the rest at the end. */
static void tell_late(struct events_api *ev, struct line *line, bool end)
{
    int64_t now_us = clock_mono_us();

    pthread_mutex_lock(&ev->lock);
    if (line->late_untold && (end || !line->late_told_us || now_us - line->late_told_us >= TELL_EACH_US)) {
        log_warn("events_late", "app=%s dropped=%lld hint=\"it did not take them within two hours\"",
                 app_text(line->app).text, (long long)line->late_untold);
        line->late_untold = 0;
        line->late_told_us = now_us;
    }
    pthread_mutex_unlock(&ev->lock);
}

/* A line that nothing is under way of. */
static void begin(struct events_api *ev, struct line *line, const struct app *app)
{
    int64_t now_us = clock_mono_us();

    if (now_us < line->rest_until_us)
        return;
    if (!app || !app_has_way(app)) {
        line_release(line, ev->opt.db, ev->node);
        forget(ev, line);
        return;
    }
    copy_app(line, app);
    if (app->socket && !socket_hub_has(ev->hub, app->id))
        line_release(line, ev->opt.db, ev->node); /* it may be connected to another node */
    if (app->socket ? socket_hub_has(ev->hub, app->id) : app->verified)
        deliver(ev, line);
    else if (!app->socket && now_us >= line->ask_at_us)
        ask(ev, line);
    else
        sweep(ev, line, now_us);
}

static enum line_stage stage_of(struct events_api *ev, const struct line *line, bool *pending)
{
    enum line_stage stage;

    pthread_mutex_lock(&ev->lock);
    stage = line->stage;
    *pending = line->pending;
    pthread_mutex_unlock(&ev->lock);
    return stage;
}

static struct line *first_line(struct events_api *ev, const struct app_set *set)
{
    struct line *first;

    pthread_mutex_lock(&ev->lock);
    for (int i = 0; set && i < set->n_apps; i++)
        if (set->apps[i].url.n)
            line_of(ev, set->apps[i].id);
    first = ev->lines;
    pthread_mutex_unlock(&ev->lock);
    return first;
}

/* Lines are never taken out of their list, so that it is walked without the lock. */
static void do_round(struct events_api *ev, const struct app_set *set, bool tick)
{
    for (struct line *line = first_line(ev, set); line; line = line->next) {
        bool pending;
        enum line_stage stage = stage_of(ev, line, &pending);
        if (stage == LINE_ENDED)
            write_out(ev, line);
        else if (stage == LINE_IDLE && set && (pending || tick))
            begin(ev, line, app_set_find(set, line->app));
        if (tick)
            tell_late(ev, line, false);
        if (tick && stage == LINE_SENDING)
            line_keep(line, ev->opt.db, ev->node);
    }
}

static enum socket_mode mode_of(const void *ctx, int64_t id)
{
    const struct app *app = app_set_find(ctx, id);

    if (!app)
        return SOCKET_MODE_GONE;
    return app->linked ? SOCKET_MODE_ON : SOCKET_MODE_OFF;
}

static void look(struct events_api *ev, bool tick)
{
    const struct app_set *set;

    if (tick && ev->opt.shared)
        apps_expire(ev->apps);
    if (tick)
        socket_hub_age(ev->hub);
    if (apps_take(ev->apps, ev->opt.db, &set) != OK) {
        do_round(ev, NULL, tick);
        return;
    }
    if (tick)
        socket_hub_check(ev->hub, mode_of, set);
    do_round(ev, set, tick);
    apps_give_back(ev->apps, set);
}

/* Waits for something to do, a second at most.  False when it is to end. */
static bool rest(struct events_api *ev)
{
    int64_t until_us = clock_mono_us() + US_PER_S;
    bool go;

    pthread_mutex_lock(&ev->lock);
    while (!ev->awake && !ev->stopping)
        if (!wait_until(&ev->told, &ev->lock, until_us))
            break;
    ev->awake = false;
    go = !ev->stopping;
    pthread_mutex_unlock(&ev->lock);
    return go;
}

/* What is known to be delivered is written before the end. */
static void write_last(struct events_api *ev)
{
    bool busy = true;

    while (busy) {
        do_round(ev, NULL, false);
        pthread_mutex_lock(&ev->lock);
        busy = false;
        for (const struct line *line = ev->lines; line; line = line->next)
            busy |= line->stage != LINE_IDLE;
        while (busy && !ev->awake)
            pthread_cond_wait(&ev->told, &ev->lock);
        ev->awake = false;
        pthread_mutex_unlock(&ev->lock);
    }
}

static void *events_main(void *arg)
{
    struct events_api *ev = arg;
    int64_t ticked_us = 0;

    do {
        int64_t now_us = clock_mono_us();
        bool tick = now_us - ticked_us >= US_PER_S;
        if (tick)
            ticked_us = now_us;
        look(ev, tick);
    } while (rest(ev));
    write_last(ev);
    for (struct line *line = ev->lines; line; line = line->next) {
        tell_late(ev, line, true);
        line_release(line, ev->opt.db, ev->node);
    }
    return NULL;
}

/* --- the bus's side ------------------------------------------------------------------------------------------- */

static bool outbox_wants(void *ctx)
{
    const struct events_api *ev = ctx;

    return apps_any(ev->apps);
}

static enum err outbox_take(void *ctx, struct call *c)
{
    const struct events_api *ev = ctx;

    return outbox_record(&ev->outbox, c);
}

static void outbox_committed(void *ctx, const struct call *c)
{
    struct events_api *ev = ctx;

    (void)c;
    if (!apps_any(ev->apps))
        return;
    pthread_mutex_lock(&ev->lock);
    ev->commits++;
    events_wake(ev);
    pthread_mutex_unlock(&ev->lock);
}

static void mark(void *ctx, int64_t app)
{
    struct events_api *ev = ctx;
    struct line *line;

    pthread_mutex_lock(&ev->lock);
    line = line_of(ev, app);
    line->pending = true;
    line->marked_at = ev->commits;
    pthread_mutex_unlock(&ev->lock);
}

/* --- opening and closing -------------------------------------------------------------------------------------- */

/* Rows that an earlier process left. */
static void find_rows(struct events_api *ev)
{
    struct arena *a = arena_new(ARENA_BYTES);
    int64_t *apps;
    int n;

    if (sql_outbox_apps(ev->opt.db, a, &apps, &n) == OK)
        for (int i = 0; i < n; i++)
            mark(ev, apps[i]);
    arena_free(a);
}

struct events_api *events_api_new(const struct events_options *opt)
{
    struct events_api *ev = calloc(1, sizeof(*ev));
    sigset_t all, before;

    if (!ev)
        abort();
    ev->opt = *opt;
    ev->node = (int64_t)(rand_u64() >> 1);
    ev->apps = apps_new(opt->key);
    ev->client = http_client_new(opt->allow);
    ev->outbox = (struct outbox){.apps = ev->apps, .ctx = ev, .added = mark};
    pthread_mutex_init(&ev->lock, NULL);
    wait_init(&ev->told);
    ev->sender = sending_sender(ev);
    ev->hub = socket_hub_new(sending_opened, ev);
    find_rows(ev);
    sigfillset(&all); /* signals are the main thread's business */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&ev->thread, NULL, events_main, ev) != 0)
        abort();
    pthread_setname_np(ev->thread, "events");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ev;
}

struct socket_hub *events_api_sockets(struct events_api *ev)
{
    return ev->hub;
}

struct http_client *events_api_client(struct events_api *ev)
{
    return ev->client;
}

struct bus_outbox events_api_outbox(struct events_api *ev)
{
    return (struct bus_outbox){.ctx = ev, .wants = outbox_wants, .record = outbox_take, .committed = outbox_committed};
}

static void free_lines(struct line *line)
{
    while (line) {
        struct line *next = line->next;
        meters_free(line->meters);
        arena_free(line->arena);
        free(line);
        line = next;
    }
}

void events_api_stop(struct events_api *ev)
{
    if (!ev)
        return;
    pthread_mutex_lock(&ev->lock);
    ev->stopping = true;
    for (struct line *line = ev->lines; line; line = line->next)
        if (line->stage == LINE_SENDING && line->socket)
            line_pass_on(line, LINE_ENDED);
    pthread_mutex_unlock(&ev->lock);
    http_client_free(ev->client); /* whatever is under way ends */
    pthread_mutex_lock(&ev->lock);
    events_wake(ev);
    pthread_mutex_unlock(&ev->lock);
    pthread_join(ev->thread, NULL);
}

void events_api_free(struct events_api *ev)
{
    if (!ev)
        return;
    free_lines(ev->lines);
    socket_hub_free(ev->hub);
    apps_free(ev->apps);
    pthread_cond_destroy(&ev->told);
    pthread_mutex_destroy(&ev->lock);
    db_close(ev->opt.db);
    free(ev);
}
