#include "live/events_api.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/rand.h"
#include "core/auth.h"
#include "live/line.h"
#include "live/outbox.h"
#include "sql.h"

enum { ARENA_BYTES = 1 << 12, BATCH_US = US_PER_S, REST_US = 5 * US_PER_S, ASK_EACH_MAX_S = 300 };

struct events_api {
    struct events_options opt;
    struct apps *apps;
    struct http_client *client;
    struct outbox outbox;
    pthread_t thread;
    pthread_mutex_t lock; /* of the lines' list, stages and marks, and of what follows */
    pthread_cond_t told;
    struct line *lines;
    uint64_t commits; /* grows with each that may have left rows */
    bool awake;       /* there is something to do */
    bool stopping;
};

struct id_text {
    char text[ID_MAX + 1];
};

/* For log lines. */
static struct id_text app_text(int64_t id)
{
    struct id_text out;

    out.text[id_format(id, out.text)] = '\0';
    return out;
}

/* --- lines ---------------------------------------------------------------------------------------------------- */

static void answered(struct http_out_request *request, const struct http_result *result);

/* Under the lock. */
static struct line *line_of(struct events_api *ev, int64_t app)
{
    struct line *line = ev->lines;

    while (line && line->app != app)
        line = line->next;
    if (line)
        return line;
    line = calloc(1, sizeof(*line));
    if (!line)
        abort();
    line->app = app;
    line->owner = ev;
    line->arena = arena_new(ARENA_BYTES);
    line->request.done = answered;
    line->next = ev->lines;
    ev->lines = line;
    return line;
}

/* Under the lock. */
static void wake(struct events_api *ev)
{
    ev->awake = true;
    pthread_cond_signal(&ev->told);
}

/* Under the lock: whoever has a line passes it on. */
static void pass_on(struct line *line, enum line_stage stage)
{
    line->stage = stage;
    wake(line->owner);
}

/* Under the lock, so that the client is there. */
static void send_request(struct line *line)
{
    struct events_api *ev = line->owner;

    if (ev->stopping) {
        pass_on(line, LINE_ENDED);
        return;
    }
    line->stage = LINE_SENDING;
    http_client_send(ev->client, &line->request);
}

/* --- what goes next ------------------------------------------------------------------------------------------- */

/* What an app is told when events were left out. */
static struct str limited_body(struct line *line, int64_t team, int64_t now_us)
{
    struct buf b = buf_in(line->arena, 1 << 12);
    struct json_out o = {.b = &b};
    char text[ID_MAX];

    json_open(&o, S(""), '{');
    json_str(&o, S("token"), line->token);
    json_str(&o, S("type"), S("app_rate_limited"));
    json_str(&o, S("team_id"), str_of(text, id_format(team, text)));
    json_int(&o, S("minute_rate_limited"), now_us / US_PER_S / 60 * 60);
    json_str(&o, S("api_app_id"), str_of(text, id_format(line->app, text)));
    json_close(&o, '}');
    return buf_view(&b);
}

/* Drops rows past the hour's number.  False: what goes next is the word that they were. */
static bool pass_meter(struct line *line)
{
    int64_t now_us = clock_now_us();

    while (line->at < line->n) {
        struct delivery *d = &line->rows[line->at];
        enum meter_answer answer = d->attempts ? METER_GO : meter_take(&line->meters, d->team, now_us);
        if (answer == METER_GO)
            return true;
        d->state = DELIVERY_DONE;
        line->at++;
        if (answer == METER_TELL) {
            line_prepare_body(line, limited_body(line, d->team, now_us));
            line->telling = true;
            return false;
        }
    }
    return true;
}

/* Under the lock.  Results are written once a second at least: after a crash, little is delivered twice. */
static void go_on(struct line *line)
{
    const struct events_api *ev = line->owner;
    bool has_row;

    if (clock_mono_us() - line->begun_us > BATCH_US) {
        pass_on(line, LINE_ENDED);
        return;
    }
    has_row = !ev->opt.limited || pass_meter(line);
    if (has_row && line->at == line->n) {
        pass_on(line, LINE_ENDED);
        return;
    }
    if (has_row)
        line_prepare(line);
    send_request(line);
}

/* --- answers, on the client's thread -------------------------------------------------------------------------- */

/* Once, until it answers. */
static void warn_forbidden(struct line *line, const struct http_result *result)
{
    bool forbidden = result->outcome == HTTP_OUT_FORBIDDEN;

    if (forbidden && !line->forbidden)
        log_warn("event_url_forbidden", "app=%s hint=\"the setting outgoing_allow lets apps be there\"",
                 app_text(line->app).text);
    line->forbidden = forbidden;
}

/* Under the lock. */
static void judge_challenge(struct line *line, const struct http_result *result)
{
    int64_t wait_s = line->refusals < 8 ? INT64_C(1) << line->refusals : ASK_EACH_MAX_S;

    line->answered = line_answers_challenge(line, result);
    line->refusals = line->answered ? 0 : line->refusals + 1;
    line->ask_at_us = clock_mono_us() + wait_s * US_PER_S;
    warn_forbidden(line, result);
    if (line->refusals == 1)
        log_warn("event_url_unverified", "app=%s outcome=%s status=%d hint=\"it has to answer the challenge\"",
                 app_text(line->app).text, http_out_reason(result), result->status);
    pass_on(line, LINE_ENDED);
}

/* Under the lock. */
static void judge_row(struct line *line, const struct http_result *result)
{
    int64_t now_us = clock_now_us();
    bool ok = result->outcome == HTTP_OUT_ANSWERED && result->status / 100 == 2;

    warn_forbidden(line, result);
    line->failing = health_note(&line->health, ok, now_us);
    if (!line_judge(line, result, now_us))
        line->at++;
}

static void answered(struct http_out_request *request, const struct http_result *result)
{
    struct line *line = request->user;
    struct events_api *ev = line->owner;

    pthread_mutex_lock(&ev->lock);
    if (ev->stopping && result->outcome == HTTP_OUT_FAILED)
        pass_on(line, LINE_ENDED); /* cut off by us: it counts for nothing */
    else if (line->asking)
        judge_challenge(line, result);
    else {
        if (!line->telling)
            judge_row(line, result);
        line->telling = false;
        if (line->failing)
            pass_on(line, LINE_ENDED);
        else
            go_on(line);
    }
    pthread_mutex_unlock(&ev->lock);
}

/* --- results, on the lane ------------------------------------------------------------------------------------- */

static enum err write_rows(struct line *line, struct db *db)
{
    int64_t changed;

    for (int i = 0; i < line->n; i++) {
        const struct delivery *d = &line->rows[i];
        if (d->state == DELIVERY_DONE)
            TRY(sql_outbox_remove(db, line->arena, d->id, &changed));
        else if (d->state == DELIVERY_LATER || d->attempts != d->attempts_before)
            TRY(sql_outbox_put_off(db, line->arena, d->id, d->attempts, d->due_us, d->reason, &changed));
    }
    return OK;
}

static enum err write_results(struct line *line, struct db *db)
{
    int64_t changed, now_us = clock_now_us();

    TRY(write_rows(line, db));
    if (line->answered)
        TRY(sql_app_url_set(db, line->arena, line->app, line->url, now_us, &changed));
    if (line->failing)
        TRY(sql_app_url_disable(db, line->arena, line->app, now_us, &changed));
    if (line->failing || line->forgets)
        TRY(sql_outbox_forget(db, line->arena, line->app, &changed));
    return OK;
}

static struct line *line_of_job(struct lane_job *job)
{
    return (struct line *)(void *)((char *)job - offsetof(struct line, job));
}

static bool lane_write(struct lane_job *job, struct db *db)
{
    struct line *line = line_of_job(job);

    line->written = write_results(line, db) == OK;
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
    line->n = line->at = 0;
    pass_on(line, LINE_IDLE);
    pthread_mutex_unlock(&ev->lock);
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

struct load {
    struct line *line;
    size_t bytes;
};

static bool load_row(void *ctx, const struct outbox_row *row)
{
    struct load *load = ctx;
    struct line *line = load->line;
    struct delivery *d = &line->rows[line->n++];

    *d = (struct delivery){.id = row->id,
                           .team = row->team_id,
                           .body = arena_dup(line->arena, row->body),
                           .attempts = row->attempts,
                           .attempts_before = row->attempts,
                           .reason = arena_dup(line->arena, row->reason)};
    load->bytes += row->body.n;
    return load->bytes < LINE_BYTES_MAX;
}

static enum err load_rows(struct events_api *ev, struct line *line)
{
    struct load load = {.line = line};

    line->n = line->at = 0;
    line->rows = ARENA_ARRAY(line->arena, struct delivery, LINE_ROWS_MAX);
    return sql_outbox_due(ev->opt.db, line->arena, line->app, clock_now_us(), LINE_ROWS_MAX, load_row, &load);
}

static void copy_app(struct line *line, const struct app *app)
{
    arena_reset(line->arena);
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
    send_request(line);
    pthread_mutex_unlock(&ev->lock);
}

static void deliver(struct events_api *ev, struct line *line)
{
    uint64_t commits;
    enum err e;

    pthread_mutex_lock(&ev->lock);
    commits = ev->commits;
    pthread_mutex_unlock(&ev->lock);
    e = load_rows(ev, line);
    pthread_mutex_lock(&ev->lock);
    if (e == OK && line->n == 0 && commits > line->marked_at)
        line->pending = false;
    line->begun_us = clock_mono_us();
    if (e == OK && line->n)
        go_on(line);
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

/* A line that nothing is under way of. */
static void begin(struct events_api *ev, struct line *line, const struct app *app)
{
    int64_t now_us = clock_mono_us();

    if (now_us < line->rest_until_us)
        return;
    if (!app || !app->url.n || app->disabled) {
        forget(ev, line);
        return;
    }
    copy_app(line, app);
    if (app->verified)
        deliver(ev, line);
    else if (now_us >= line->ask_at_us)
        ask(ev, line);
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
    }
}

static void look(struct events_api *ev, bool tick)
{
    const struct app_set *set;

    if (tick && ev->opt.shared)
        apps_expire(ev->apps);
    if (apps_take(ev->apps, ev->opt.db, &set) != OK) {
        do_round(ev, NULL, tick);
        return;
    }
    do_round(ev, set, tick);
    apps_give_back(ev->apps, set);
}

/* Waits for something to do, a second at most.  False when it is to end. */
static bool rest(struct events_api *ev)
{
    struct timespec until;
    bool go;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    pthread_mutex_lock(&ev->lock);
    while (!ev->awake && !ev->stopping)
        if (pthread_cond_timedwait(&ev->told, &ev->lock, &until) != 0)
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
    wake(ev);
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
    ev->apps = apps_new(opt->key);
    ev->client = http_client_new(opt->allow);
    ev->outbox = (struct outbox){.apps = ev->apps, .ctx = ev, .added = mark};
    pthread_mutex_init(&ev->lock, NULL);
    pthread_cond_init(&ev->told, NULL);
    find_rows(ev);
    sigfillset(&all); /* signals are the main thread's business */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&ev->thread, NULL, events_main, ev) != 0)
        abort();
    pthread_setname_np(ev->thread, "events");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ev;
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
    pthread_mutex_unlock(&ev->lock);
    http_client_free(ev->client); /* whatever is under way ends */
    pthread_mutex_lock(&ev->lock);
    wake(ev);
    pthread_mutex_unlock(&ev->lock);
    pthread_join(ev->thread, NULL);
}

void events_api_free(struct events_api *ev)
{
    if (!ev)
        return;
    free_lines(ev->lines);
    apps_free(ev->apps);
    pthread_cond_destroy(&ev->told);
    pthread_mutex_destroy(&ev->lock);
    db_close(ev->opt.db);
    free(ev);
}
