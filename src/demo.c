#include "demo.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analytics/analytics.h"
#include "base/clock.h"
#include "commands.h"
#include "first_start.h"
#include "jobs/runner.h"
#include "serving.h"

#define HOUR_US (INT64_C(3600) * US_PER_S)
#define DAY_US (24 * HOUR_US)
enum { CALL_ARENA_BYTES = 1 << 20, BODY_MAX = 1 << 18, TELL_EACH_US = US_PER_S / 2 };

/* The thread that made the call waits here for the lane or for a thread of what takes long. */
struct demo_wait {
    pthread_mutex_t lock;
    pthread_cond_t there;
    bool is_there;
};

/* --- calls ---------------------------------------------------------------------------------------------------- */

static void call_done(struct api_request *req)
{
    struct demo_wait *w = req->user;

    pthread_mutex_lock(&w->lock);
    w->is_there = true;
    pthread_cond_signal(&w->there);
    pthread_mutex_unlock(&w->lock);
}

static void wait_done(struct demo_wait *w)
{
    pthread_mutex_lock(&w->lock);
    while (!w->is_there)
        pthread_cond_wait(&w->there, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static void drop_reply(struct demo *d)
{
    if (d->req.reply.release)
        d->req.reply.release(d->req.reply.release_arg);
    d->req = (struct api_request){0};
    arena_reset(d->call_arena);
}

struct json_out demo_body(struct demo *d)
{
    struct json_out o = {0};

    drop_reply(d);
    o.b = ARENA_NEW(d->call_arena, struct buf);
    *o.b = buf_in(d->call_arena, BODY_MAX);
    json_open(&o, S(""), '{');
    return o;
}

struct str demo_body_end(struct json_out *o)
{
    json_close(o, '}');
    return buf_view(o->b);
}

/* What people may run into; anything else is a fault of ours. */
static bool is_usual(struct str error)
{
    static const struct str usual[] = {
        {"already_reacted", 15},         {"no_reaction", 11},         {"message_not_found", 17},
        {"too_many_reactions", 18},      {"too_many_emoji", 14},      {"cant_delete_message", 19},
        {"cannot_reply_to_message", 23}, {"cant_update_message", 19},
    };

    for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
        if (str_eq(error, usual[i]))
            return true;
    return false;
}

static bool is_ok(struct demo *d, const char *method)
{
    struct str body = d->req.reply.body;

    d->calls++;
    if (str_starts(body, S("{\"ok\":true")))
        return true;
    if (!is_usual(json_get_str(json_parse(d->call_arena, body, NULL), S("error"))) && !d->why.n)
        d->why = arena_printf(d->server.arena, "%s answered: %.*s", method, STR_FMT(body));
    return false;
}

bool demo_call(struct demo *d, const struct demo_member *m, const char *agent, const char *method, struct str body,
               const struct json **reply)
{
    d->wait->is_there = false;
    d->req = (struct api_request){
        .arena = d->call_arena,
        .method = str_c(method),
        .post = true,
        .content_type = S("application/json; charset=utf-8"),
        .body = body,
        .has_body = true,
        .authorization = ARENA_JOIN(d->call_arena, S("Bearer "), m->token),
        .remote_addr = S("127.0.0.1"),
        .user_agent = str_c(agent),
        .host = d->server.settings.listen,
        .done = call_done,
        .user = d->wait,
    };
    if (!api_call(&d->server.api, &d->req))
        wait_done(d->wait);
    if (reply)
        *reply = json_parse(d->call_arena, d->req.reply.body, NULL);
    return is_ok(d, method);
}

/* --- what was asked for --------------------------------------------------------------------------------------- */

static bool read_options(struct server *s, struct str *why)
{
    struct demo *d = (struct demo *)s;
    int64_t today = clock_now_us() / DAY_US * DAY_US;

    s->settings.unfurl_links = S("off"); /* what is made up asks nobody */
    d->until_us = today;
    if (s->settings.until.n && !time_parse(s->settings.until, &d->until_us))
        *why = arena_printf(s->arena, "--until: '%.*s' is no time; give 2026-11-24T00:00:00Z, or a ts.",
                            STR_FMT(s->settings.until));
    d->until_us = d->until_us / DAY_US * DAY_US;
    d->from_us = d->until_us - s->settings.days * DAY_US;
    d->n_members = (int)s->settings.members;
    d->rate = (double)s->settings.rate;
    d->random.state = (uint64_t)s->settings.variant;
    return !why->n;
}

/* --- making it ------------------------------------------------------------------------------------------------ */

static bool open_workspace(struct demo *d, struct str *why)
{
    struct server *s = &d->server;
    struct first_start first;

    s->data_dir = s->settings.data_dir;
    s->throwaway = true; /* whoever loses power makes it again */
    clock_set(d->from_us - DAY_US / 2, true);
    if (!server_open_data(s, why) || !server_open_database(s, why) || !first_start(s, &first, why))
        return false;
    if (!first.made) {
        *why = arena_printf(s->arena, "%.*s has a workspace already; a demo begins with an empty folder (--data-dir).",
                            STR_FMT(s->database));
        return false;
    }
    d->owner_token = first.owner_token;
    return demo_people(d, why) && server_open(s, why) && demo_channels(d, why);
}

struct progress {
    int64_t begin_us, told_us;
    bool terminal; /* a line that is written over; else one for each day */
};

static void tell(const struct demo *d, int64_t at_us, const struct progress *p, const char *end)
{
    double s = (double)(clock_mono_us() - p->begin_us) / US_PER_S;

    fprintf(stderr, "day %lld of %lld: %lld messages, %lld calls; %.0f messages/s, %.0f calls/s%s",
            (long long)((at_us - d->from_us) / DAY_US), (long long)d->server.settings.days, (long long)d->messages,
            (long long)d->calls, s > 0 ? (double)d->messages / s : 0, s > 0 ? (double)d->calls / s : 0, end);
}

/* It is so late, and what is due by then has happened. */
static void settle(struct demo *d, int64_t at_us)
{
    clock_set(at_us, true);
    job_runner_settle(d->server.api.jobs);
    analytics_settle(d->server.api.analytics);
}

/* Signals wait, so that a server can tell them; here they are looked for. */
static bool is_stopped(struct demo *d)
{
    sigset_t set;

    if (!d->why.n && sigpending(&set) == 0 && (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM)))
        d->why = S("It was stopped; what is there so far is no whole demo.");
    return d->why.n > 0;
}

static void play_hour(struct demo *d, const struct demo_event *events, int n, struct progress *p)
{
    for (int i = 0; i < n && !is_stopped(d); i++) {
        demo_play(d, &events[i]);
        if (p->terminal && clock_mono_us() - p->told_us > TELL_EACH_US) {
            p->told_us = clock_mono_us();
            tell(d, events[i].at_us, p, "\r");
        }
    }
}

/* Hour by hour; what is due by then, the closing of days among it, happens in between. */
static bool play_all(struct demo *d, struct str *why)
{
    struct progress p = {.begin_us = clock_mono_us(), .terminal = isatty(STDERR_FILENO)};
    struct demo_event *events = NULL;
    int cap = 0;

    d->calls = 0; /* of the company's making */
    for (int64_t at = d->from_us; at < d->until_us && !d->why.n; at += HOUR_US) {
        int n = demo_plan(d, at, &events, &cap);
        play_hour(d, events, n, &p);
        settle(d, at + HOUR_US);
        if (!p.terminal && (at + HOUR_US) % DAY_US == 0)
            tell(d, at + HOUR_US, &p, "\n");
    }
    free(events);
    settle(d, d->until_us + HOUR_US); /* the last day is closed a while after it ended */
    if (p.terminal)
        tell(d, d->until_us, &p, "\n");
    *why = d->why;
    return !why->n;
}

static void tell_made(const struct demo *d)
{
    printf("%lld messages of %d people, %lld days.\n\n  owner token  %.*s\n\n", (long long)d->messages, d->n_members,
           (long long)d->server.settings.days, STR_FMT(d->owner_token));
    if (!d->server.settings.serve)
        printf("Serve it with: %s serve --data-dir %.*s\n", program_invocation_name, STR_FMT(d->server.data_dir));
    fflush(stdout);
}

/* As taut dev: the clock goes on from where the days ended, when that was asked for, and can be moved. */
static bool serve(struct demo *d, struct str *why)
{
    struct server *s = &d->server;
    struct str origin;

    if (s->settings.until.n)
        clock_set(d->until_us + HOUR_US, false);
    else
        clock_restore((struct clock_setting){0});
    s->api.dev = true;
    if (!server_serve(s, why))
        return false;
    origin = server_origin(s);
    printf("It is served at %.*s\n", STR_FMT(origin));
    fflush(stdout);
    server_wait(s);
    return true;
}

static bool run(struct server *s, struct str *why)
{
    struct demo *d = (struct demo *)s;

    if (!open_workspace(d, why) || !play_all(d, why))
        return false;
    tell_made(d);
    return !s->settings.serve || serve(d, why);
}

static void clean_up(struct server *s)
{
    struct demo *d = (struct demo *)s;

    drop_reply(d);
    server_stop(s);
    for (int i = 0; d->members && i < d->n_members; i++)
        free(d->members[i].seats);
    free(d->channels);
    pthread_cond_destroy(&d->wait->there);
    pthread_mutex_destroy(&d->wait->lock);
    arena_free(d->call_arena);
}

int demo_main(int argc, char **argv)
{
    static const struct serving serving = {COMMAND_DEMO, read_options, run, clean_up};
    struct demo_wait wait = {.lock = PTHREAD_MUTEX_INITIALIZER, .there = PTHREAD_COND_INITIALIZER};
    struct demo d = {.wait = &wait, .call_arena = arena_new(CALL_ARENA_BYTES)};

    return serving_main(&serving, &d.server, argc, argv);
}
