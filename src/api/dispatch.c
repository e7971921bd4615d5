#include "api/dispatch.h"

#include <unistd.h>

#include "api/args.h"
#include "api/fault.h"
#include "api/gate.h"
#include "api/input.h"
#include "api/limit.h"
#include "api/reply.h"
#include "api/slow.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "core/access_log.h"
#include "core/channel.h"
#include "core/count.h"
#include "core/live.h"
#include "core/page_cache.h"
#include "methods.h"
#include "net/address.h"
#include "settings.h"
#include "sql.h"

/* One call on its way: what the worker starts, the lane may run, and done ends. */
struct flight {
    struct lane_job job; /* first: a lane_job * is a flight * */
    struct api *api;
    struct api_request *req;
    struct call call;
    const void *args;
    struct str token;
    uint64_t auth_generation; /* when the actor was read */
    int prepared_messages;    /* what prepare left, for a handler that runs again */
    uint64_t prepared_warnings;
    bool counted; /* among the calls in its conversation (check_channel_rate) */
    enum err result;
    struct buf body;
    int64_t delay_ms; /* the reply waits, for a fault on purpose */
    struct fault_wait wait;
    struct slow_job slow;
    struct call_after *prepared_after;
    struct app_ask *ask; /* what an app was asked; NULL: nothing, or nothing yet */
    struct app_answer answer;
};

/* --- before the work ------------------------------------------------------------------------------------------ */

static struct str base_url(const struct api *api, const struct api_request *req)
{
    if (api->public_url.n)
        return api->public_url;
    return ARENA_JOIN(req->arena, req->secure ? S("https://") : S("http://"), req->host.n ? req->host : S("localhost"),
                      S("/"));
}

static void call_open(struct flight *f)
{
    struct call *c = &f->call;

    c->arena = f->req->arena;
    c->db = f->api->readers[f->req->worker];
    c->settings = f->api->settings;
    c->key = f->api->key;
    c->pages = f->api->pages;
    c->blobs = f->api->blobs;
    c->jobs = f->api->jobs;
    c->accesses = f->api->accesses;
    c->geo = f->api->geo;
    c->http = f->api->http;
    c->marks = f->api->marks;
    c->analytics = f->api->analytics;
    c->live = f->api->live;
    c->origin = f->req->origin;
    c->now_us = clock_now_us();
    c->base_url = base_url(f->api, f->req);
    c->remote_addr = f->req->remote_addr;
    c->user_agent = f->req->user_agent;
    c->events_tail = &c->events;
    c->unheard = !bus_heard(&f->api->bus);
    f->req->call = c;
}

static enum err check_kind(const struct method *m, const struct actor *who)
{
    if (m->tokens & (1u << who->kind))
        return OK;
    return ERR_NOT_ALLOWED_TOKEN_TYPE;
}

static enum err check_scope(struct call *c)
{
    const struct method *m = c->method;
    const uint64_t *accepted = c->who.kind == TOKEN_BOT ? m->bot_scopes : m->user_scopes;
    uint64_t any = 0, common = 0;

    for (int i = 0; i < SCOPE_WORDS; i++) {
        any |= accepted[i];
        common |= accepted[i] & c->who.scopes[i];
    }
    if (!any || common)
        return OK;
    c->needed = c->who.kind == TOKEN_BOT ? m->bot_scope_text : m->user_scope_text;
    return ERR_MISSING_SCOPE;
}

/* One bucket per method, app (or person, for tokens without app), workspace, and conversation or token.  Time is the
 * machine's: clients wait out Retry-After by their own clocks, also where a test stopped this one. */
static enum err take_rate(struct flight *f, const struct rate *rate, int64_t of)
{
    const struct actor *who = &f->call.who;
    int64_t key[] = {(int64_t)(intptr_t)f->call.method, who->app ? who->app : who->user, who->team, of};
    int retry_s = 1;

    if (!f->api->limiter || !rate)
        return OK;
    if (limiter_take(f->api->limiter, siphash(str_of((const char *)key, sizeof(key))),
                     &(struct pace){rate->per_minute, rate->burst}, clock_mono_us(), &retry_s))
        return OK;
    f->req->reply.headers = arena_printf(f->req->arena, "Retry-After: %d\r\n", retry_s);
    return ERR_RATELIMITED;
}

static enum err check_rate(struct flight *f)
{
    const struct rate *rate = f->call.method->rate;

    if (rate && rate->by == RATE_BY_CHANNEL)
        rate = rate->within;
    return take_rate(f, rate, rate && rate->by == RATE_BY_TOKEN ? f->call.who.token : 0);
}

/* Which conversation it is, is known when the gate has opened it: it may be called by name, or by a person.  A handler
 * that runs again does not count again. */
static enum err check_channel_rate(struct flight *f)
{
    const struct rate *rate = f->call.method->rate;

    if (f->counted || !rate || rate->by != RATE_BY_CHANNEL || !f->call.channel)
        return OK;
    f->counted = true;
    return take_rate(f, rate, f->call.channel->id);
}

/* An app may say from where its calls come (allowed_ip_address_ranges): its tokens are good for nothing elsewhere. */
static bool is_from_allowed(struct call *c)
{
    struct str why;

    return !c->who.allowed_ips.n ||
           address_list_names(address_list_read(c->arena, c->who.allowed_ips, &why), c->remote_addr);
}

static enum err authenticate(struct flight *f, struct str token)
{
    struct call *c = &f->call;
    const struct method *m = c->method;

    f->token = c->token = token;
    if (m->tokens & (1u << TOKEN_NONE))
        return OK;
    f->auth_generation = auth_generation();
    TRY(auth_actor(f->api->actors[f->req->worker], c->db, c->arena, token, c->now_us, &c->who));
    c->team = c->who.home;
    if (!is_from_allowed(c))
        return ERR_INVALID_AUTH;
    TRY(check_kind(m, &c->who));
    return check_scope(c);
}

/* What a person says and does shows that it is there; what it only reads does not, for programs read too. */
static void note_activity(const struct call *c)
{
    bool by_person = (c->who.kind == TOKEN_USER || c->who.kind == TOKEN_SESSION) && !c->who.is_bot;

    if (c->live && by_person && c->method->lane == LANE_WRITE && !c->method->dev)
        c->live->acted(c->live->ctx, c->who.user);
}

static enum err before_work(struct flight *f)
{
    struct input *in = ARENA_NEW(f->req->arena, struct input);

    TRY(input_read(&f->call, f->req, in));
    f->call.input = in;
    TRY(authenticate(f, in->token));
    if (!f->call.method->dev) /* those are the test's, not the person's */
        access_log_note(f->api->accesses, &f->call);
    note_activity(&f->call);
    TRY(check_rate(f));
    f->call.paged = f->call.method->paged;
    return args_read(&f->call, in, &f->args);
}

static enum err prepare(struct flight *f)
{
    return f->call.method->prepare ? f->call.method->prepare(&f->call, f->args) : OK;
}

/* --- the work ------------------------------------------------------------------------------------------------- */

static bool is_declared(const struct method *m, enum err e)
{
    return e == OK || err_shared(e) || method_declares(m, e);
}

static enum err work(struct flight *f)
{
    struct call *c = &f->call;
    enum err e;

    reply_begin(c, &f->body);
    e = gate_open(c, f->args);
    if (e == OK)
        e = check_channel_rate(f);
    if (e == OK)
        e = f->ask ? c->method->answer(c, f->args, &f->answer) : c->method->run(c, f->args);
    if (!is_declared(c->method, e) && !c->error_text.n) {
        log_error("undeclared_error", "method=%s err=%s hint=\"add it to the method's catalogue entry\"",
                  c->method->name, err_name(e));
        return ERR_INTERNAL_ERROR;
    }
    return e;
}

/* What the handler left in the call is forgotten, so that it can run again (PostgreSQL's retries). */
static void start_afresh(struct flight *f)
{
    struct call *c = &f->call;

    c->events = NULL;
    c->events_tail = &c->events;
    c->moves = NULL;
    bus_give_back(&f->api->bus, c);
    c->unheard = !bus_heard(&f->api->bus); /* somebody may have come while it waited */
    c->channel = NULL;
    c->touched_auth = false;
    c->ask = NULL;
    c->error_detail = c->error_list = S("");
    c->n_messages = f->prepared_messages;
    c->warnings = f->prepared_warnings;
    c->after = f->prepared_after;
}

/* --- the answer ----------------------------------------------------------------------------------------------- */

static void add_scope_headers(struct flight *f)
{
    const struct actor *who = &f->call.who;
    const struct method *m = f->call.method;
    struct api_reply *r = &f->req->reply;

    if (!m || who->kind == TOKEN_NONE)
        return;
    r->headers = ARENA_JOIN(f->req->arena, r->headers, S("X-OAuth-Scopes: "), who->scope_text,
                            S("\r\nX-Accepted-OAuth-Scopes: "),
                            who->kind == TOKEN_BOT ? m->bot_scope_text : m->user_scope_text, S("\r\n"));
}

static void keep_page(struct call *c, struct str body)
{
    if (c->keep_as && !c->warnings && !c->n_messages)
        page_release(page_cache_put(c->pages, c->keep_as, body));
}

static void answer(struct flight *f)
{
    struct call *c = &f->call;
    struct api_reply *r = &f->req->reply;

    add_scope_headers(f);
    if (f->result == OK && c->file) {
        r->file = c->file;
        r->content_type = c->method->content;
    } else if (f->result == OK && c->ready) {
        r->body = c->ready->body;
        r->release = page_release;
        r->release_arg = c->ready;
    } else if (f->result == OK) {
        reply_end(c);
        r->body = buf_view(&f->body);
        if (f->body.over)
            f->result = ERR_INTERNAL_ERROR;
        else
            keep_page(c, r->body);
    }
    if (f->result == ERR_RATELIMITED && str_find(r->headers, S("Retry-After:")) < 0)
        r->headers = arena_printf(f->req->arena, "%.*sRetry-After: 1\r\n", STR_FMT(r->headers));
    if (f->result != OK && c->file)
        close(c->file->fd);
    if (f->result != OK)
        r->body = reply_error(c, f->result);
    r->status = f->result == OK ? 200 : err_http(f->result);
    f->req->events = f->result == OK ? c->events : NULL;
}

static void log_call(const struct flight *f)
{
    if (log_get_level() < LOG_DEBUG)
        return;
    log_debug("call", "method=%.*s team=%lld user=%lld err=%s us=%lld", STR_FMT(f->req->method),
              (long long)f->call.who.team, (long long)f->call.who.user, err_name(f->result),
              (long long)(clock_now_us() - f->call.now_us));
}

static void run_after(struct call *c, bool kept)
{
    for (struct call_after *after = c->after; after; after = after->next)
        after->done(c, after, kept);
}

static void finish(struct flight *f)
{
    answer(f);
    if (f->result == OK && !f->call.method->dev)
        count_seen(&f->call);
    run_after(&f->call, f->result == OK);
    log_call(f);
}

/* --- faults on purpose ---------------------------------------------------------------------------------------- */

static enum err known_code(struct str name)
{
    for (int e = OK + 1; e < ERRORS_N; e++)
        if (str_eq(str_c(err_name((enum err)e)), name))
            return (enum err)e;
    return ERR_INTERNAL_ERROR;
}

/* Answers in place of the call; the code need not be one of the catalogue. */
static void spoil(struct flight *f, const struct fault *fault)
{
    struct api_reply *r = &f->req->reply;

    f->call.error_text = fault->error;
    f->result = known_code(fault->error);
    if (fault->retry_after_s >= 0)
        r->headers = arena_printf(f->req->arena, "Retry-After: %d\r\n", fault->retry_after_s);
    finish(f);
    if (fault->status)
        r->status = fault->status;
}

/* True: the call is answered already. */
static bool meet_fault(struct flight *f)
{
    struct fault fault;

    if (!f->api->faults || !fault_apply(f->api->faults, f->req->method, &fault))
        return false;
    f->delay_ms = fault.delay_ms;
    if (fault.error.n)
        spoil(f, &fault);
    return fault.error.n > 0;
}

static void delay_over(struct fault_wait *wait)
{
    struct flight *f = (struct flight *)(void *)((char *)wait - offsetof(struct flight, wait));

    f->req->done(f->req);
}

/* The reply is there.  True: it leaves now; false: f is the rules' until its delay is over. */
static bool leave(struct flight *f)
{
    if (!f->delay_ms)
        return true;
    f->wait.done = delay_over;
    fault_later(f->api->faults, &f->wait, f->delay_ms);
    return false;
}

/* --- the lane ------------------------------------------------------------------------------------------------- */

/* The actor was read before the call queued; when something changed since, it is read again. */
static enum err still_allowed(struct flight *f)
{
    if (f->call.method->tokens & (1u << TOKEN_NONE) || f->auth_generation == auth_generation())
        return OK;
    TRY(auth_actor(NULL, f->call.db, f->call.arena, f->token, f->call.now_us, &f->call.who));
    return check_scope(&f->call);
}

/* Without a token nothing has told yet whether other processes changed apps that are to hear of this. */
static enum err look(struct flight *f)
{
    return f->call.method->tokens & (1u << TOKEN_NONE) ? auth_look(f->call.db, f->call.arena) : OK;
}

/* Other processes that share the database have to look again too. */
static enum err tell_others(struct flight *f)
{
    return f->call.touched_auth ? auth_epoch_tell(f->call.db, f->call.arena) : OK;
}

static bool lane_run(struct lane_job *job, struct db *db)
{
    struct flight *f = (struct flight *)job;

    f->call.db = db;
    f->result = look(f);
    start_afresh(f);
    if (f->result == OK)
        f->result = still_allowed(f);
    if (f->result == OK)
        f->result = work(f);
    if (f->result == OK)
        f->result = bus_record(&f->api->bus, &f->call);
    if (f->result == OK)
        f->result = tell_others(f);
    if (f->result == OK)
        bus_take_turn(&f->api->bus, &f->call);
    return f->result == OK;
}

static bool ask(struct flight *f);

/* Has it to ask an app before it can be answered? */
static bool is_asking(const struct flight *f)
{
    return f->result == OK && f->call.ask && f->call.method->answer && !f->ask;
}

static void lane_done(struct lane_job *job, bool committed, enum db_status why)
{
    struct flight *f = (struct flight *)job;

    if (!committed)
        f->result = why == DB_UNAVAILABLE ? ERR_SERVICE_UNAVAILABLE : ERR_INTERNAL_ERROR;
    if (f->result == OK && f->call.touched_auth)
        auth_forget_all();
    if (f->result == OK)
        bus_publish(&f->api->bus, &f->call);
    else
        bus_give_back(&f->api->bus, &f->call);
    f->call.turn = 0;
    if (is_asking(f)) {
        if (!f->api->lane_inline)
            ask(f);
        return;
    }
    finish(f);
    if (!f->api->lane_inline && leave(f))
        f->req->done(f->req);
}

/* --- asking an app -------------------------------------------------------------------------------------------- */

/* With the answer: the second transaction.  True: the reply is there; false: the lane will give it. */
static bool go_on_answered(struct flight *f)
{
    const struct api *api = f->api;

    f->call.now_us = clock_now_us();
    f->job = (struct lane_job){.run = lane_run, .done = lane_done, .key = gate_key(&f->call, f->args)};
    lane_submit(api->lane, &f->job, f->call.db);
    return api->lane_inline;
}

/* Whoever tells of the answer has no connection of its own to write on. */
static void answered_run(struct slow_job *job, int thread)
{
    struct flight *f = (struct flight *)(void *)((char *)job - offsetof(struct flight, slow));

    f->call.db = f->api->readers[f->api->n_workers + thread];
    if (go_on_answered(f) && leave(f))
        f->req->done(f->req);
}

static void answered(struct app_ask *ask, const struct app_answer *answer)
{
    struct flight *f = (struct flight *)ask->flight;

    f->answer = *answer;
    f->answer.body = arena_dup(f->req->arena, answer->body);
    f->answer.trouble = arena_dup(f->req->arena, answer->trouble);
    f->slow.run = answered_run;
    if (f->api->lane_inline && f->api->slow)
        slow_submit(f->api->slow, &f->slow);
    else if (go_on_answered(f) && leave(f))
        f->req->done(f->req);
}

/* After the first commit.  True: the reply is there; false: it will be given, and f is no longer the caller's. */
static bool ask(struct flight *f)
{
    const struct asker *asker = &f->api->asker;

    run_after(&f->call, true);
    f->prepared_after = NULL;
    f->ask = f->call.ask;
    f->ask->flight = f;
    f->ask->done = answered;
    if (asker->ask && asker->ask(asker->ctx, f->ask))
        return false;
    f->answer = (struct app_answer){.outcome = APP_AWAY, .trouble = S("the app is not connected")};
    return go_on_answered(f);
}

/* Retired methods are served for old clients unless the operator wants to find those. */
static bool is_refused(struct call *c)
{
    const struct settings *s = c->settings;

    if (!c->method->retired || !str_eq(s->retired_methods, S("refuse")))
        return false;
    call_invalid(c, "this method is retired; today it is %s", c->method->retired);
    return true;
}

/* A long call reads what is of one moment. */
static enum err work_long(struct flight *f)
{
    enum err e;

    if (db_begin(f->call.db) != DB_OK)
        return ERR_SERVICE_UNAVAILABLE;
    e = work(f);
    db_rollback(f->call.db);
    return e;
}

/* From prepare to the reply.  True: it is there; false: the lane will give it. */
static bool go_on(struct flight *f)
{
    struct api *api = f->api;

    if (f->result == OK)
        f->result = prepare(f);
    if (f->result == OK && f->call.method->lane == LANE_WRITE) {
        f->prepared_messages = f->call.n_messages;
        f->prepared_warnings = f->call.warnings;
        f->prepared_after = f->call.after;
        f->job = (struct lane_job){.run = lane_run, .done = lane_done, .key = gate_key(&f->call, f->args)};
        lane_submit(api->lane, &f->job, f->call.db);
        return api->lane_inline && (is_asking(f) ? ask(f) : true);
    }
    if (f->result == OK)
        f->result = f->call.method->lane == LANE_LONG ? work_long(f) : work(f);
    finish(f);
    return true;
}

/* A thread for what takes long has a connection of its own: the worker's serves others meanwhile. */
static void slow_run(struct slow_job *job, int thread)
{
    struct flight *f = (struct flight *)(void *)((char *)job - offsetof(struct flight, slow));

    f->call.db = f->api->readers[f->api->n_workers + thread];
    if (go_on(f) && leave(f))
        f->req->done(f->req);
}

bool api_call(struct api *api, struct api_request *req)
{
    struct flight *f = ARENA_NEW(req->arena, struct flight);

    f->api = api;
    f->req = req;
    call_open(f);
    if (meet_fault(f))
        return leave(f);
    f->call.method = method_find(req->method);
    if (!f->call.method || (f->call.method->dev && !api->dev)) {
        f->call.method = NULL;
        f->call.needed = req->method;
        f->result = ERR_UNKNOWN_METHOD;
    } else if (is_refused(&f->call)) {
        f->result = ERR_METHOD_DEPRECATED;
    } else {
        f->result = before_work(f);
    }
    if (f->result == OK && (f->call.method->takes_files || f->call.method->lane == LANE_LONG) && api->slow) {
        f->slow.run = slow_run;
        slow_submit(api->slow, &f->slow);
        return false;
    }
    return go_on(f) && leave(f);
}
