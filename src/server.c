#include "server.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "analytics/analytics.h"
#include "api/fault.h"
#include "api/limit.h"
#include "api/slow.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "core/access_log.h"
#include "core/file_body.h"
#include "core/file_index.h"
#include "core/geo.h"
#include "core/page_cache.h"
#include "core/said.h"
#include "jobs/runner.h"
#include "jobs/search_indexer.h"
#include "live/events_api.h"
#include "live/hub.h"
#include "live/interact.h"
#include "live/rtm.h"
#include "live/unfurler.h"
#include "live/socket_hub.h"
#include "net/address.h"
#include "store/lane.h"
#include "store/migrate.h"

enum { POSTGRES_THREADS = 8, ARENA_BYTES = 1 << 14 };
enum {
    KEPT_BYTES = 8 << 20,
    TOP_PAD_BYTES = 128 << 10,
    MMAP_FROM_BYTES = 1 << 20
}; /* of malloc, in each of its arenas */

struct str server_database(struct server *s)
{
    s->database = s->settings.database;
    if (!s->database.n)
        s->database = arena_printf(s->arena, "sqlite:%.*s/taut.db", STR_FMT(s->data_dir));
    return s->database;
}

bool server_open_database(struct server *s, struct str *why)
{
    struct db_options opt = {.role = DB_ROLE_WRITE, .throwaway = s->throwaway};

    s->writer = db_open(server_database(s), &opt, s->arena, why);
    return s->writer && db_migrate(s->writer, s->arena, why);
}

/* A connection beside the writer's. */
static struct db *open_db(const struct server *s, enum db_role role, struct str *why)
{
    struct db_options opt = {.role = role, .throwaway = s->throwaway, .late = role == DB_ROLE_READ};

    return db_open(s->database, &opt, s->arena, why);
}

/* For a thread of its own that reads, and writes through the lane; without a lane it writes on this. */
static struct db *open_own(const struct server *s, struct str *why)
{
    return open_db(s, s->api.lane_inline ? DB_ROLE_WRITE : DB_ROLE_READ, why);
}

/* SQLite reads never wait, so a worker for each processor is enough; PostgreSQL's wait for the network. */
static int thread_count(const struct server *s)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (s->settings.threads)
        return (int)s->settings.threads;
    if (db_engine(s->writer) == DB_POSTGRES)
        return POSTGRES_THREADS;
    return cores < 2 ? 2 : cores > 64 ? 64 : (int)cores;
}

static struct str public_url(struct server *s)
{
    struct str url = s->settings.public_url;

    return !url.n || str_ends(url, S("/")) ? url : arena_printf(s->arena, "%.*s/", STR_FMT(url));
}

static bool open_jobs(struct server *s, struct str *why)
{
    struct job_options opt = {
        .lane = s->api.lane,
        .db = open_own(s, why),
        .bus = s->api.bus,
        .settings = &s->settings,
        .key = s->key,
        .accesses = s->api.accesses,
        .base_url = s->api.public_url.n ? s->api.public_url
                                        : arena_printf(s->arena, "http://%.*s/", STR_FMT(s->settings.listen)),
        .thread = true,
    };

    if (!opt.db)
        return false;
    s->api.jobs = job_runner_new(&opt);
    return true;
}

/* What is indexed beside the calls. */
static bool open_indexer(struct server *s, struct str *why)
{
    struct db *db = open_own(s, why);

    if (!db)
        return false;
    s->indexer = search_indexer_new(s->api.lane, db, s->index, true);
    s->index = NULL;
    if (!s->indexer)
        *why = S("The search index cannot be read; the log says why.");
    return s->indexer != NULL;
}

/* What people do is counted, and files are made of it. */
static bool open_analytics(struct server *s, struct str *why)
{
    struct analytics_options opt = {
        .lane = s->api.lane,
        .db = open_own(s, why),
        .settings = &s->settings,
        .folder = arena_printf(s->arena, "%.*s/analytics", STR_FMT(s->data_dir)),
        .throwaway = s->throwaway,
        .thread = true,
    };

    if (!opt.db || (s->api.lane_inline && !(opt.flush_db = open_own(s, why))))
        return false;
    opt.marks = s->api.marks = marks_new();
    s->api.analytics = analytics_new(&opt, s->arena, why);
    return s->api.analytics != NULL;
}

/* Deliveries to apps. */
static bool open_events(struct server *s, struct str *why)
{
    struct events_options opt = {
        .lane = s->api.lane,
        .key = s->key,
        .allow = address_list_read(s->arena, s->settings.outgoing_allow, why),
        .limited = str_eq(s->settings.rate_limits, S("slack")),
        .shared = s->api.lane_inline,
    };

    if (!opt.allow) {
        *why = arena_printf(s->arena, "outgoing_allow: %.*s", STR_FMT(*why));
        return false;
    }
    opt.db = open_own(s, why);
    if (!opt.db)
        return false;
    s->events = events_api_new(&opt);
    s->api.bus.outbox = events_api_outbox(s->events);
    s->interact = interact_new(events_api_client(s->events), events_api_sockets(s->events), s->key);
    s->api.asker = interact_asker(s->interact);
    s->api.http = events_api_client(s->events);
    return true;
}

/* Previews of the pages that messages link to. */
static bool open_unfurler(struct server *s, struct str *why)
{
    struct unfurler_options opt = {.lane = s->api.lane, .client = events_api_client(s->events)};

    if (!str_eq(s->settings.unfurl_links, S("on")))
        return true;
    opt.db = open_own(s, why);
    if (!opt.db)
        return false;
    s->unfurler = unfurler_new(&opt);
    return true;
}

/* Of workers, slow threads and RTM's desk. */
static int connection_count(const struct api *api)
{
    return api->n_workers + SLOW_THREADS + 1;
}

/* Real-time connections. */
static void open_rtm(struct server *s)
{
    struct hub *hub;

    s->rtm = rtm_new(&s->api, connection_count(&s->api) - 1);
    hub = rtm_hub(s->rtm);
    s->api.bus.ctx = hub;
    s->api.bus.publish = hub_publish;
    s->api.bus.heard = hub_heard;
    s->api.bus.turn = hub_turn;
    s->api.bus.give_back = hub_give_back;
    s->live = (struct live){.ctx = hub, .open = hub_open, .presence = hub_presence, .acted = hub_acted};
    s->api.live = &s->live;
}

static bool open_api(struct server *s, struct str *why)
{
    bool sqlite = db_engine(s->writer) == DB_SQLITE;
    struct api *api = &s->api;

    if (sqlite && !(s->index = open_db(s, DB_ROLE_INDEX, why)))
        return false;
    api->settings = &s->settings;
    api->key = s->key;
    api->n_workers = thread_count(s);
    api->readers = ARENA_ARRAY(s->arena, struct db *, connection_count(api));
    api->actors = ARENA_ARRAY(s->arena, struct auth_cache *, connection_count(api));
    for (int i = 0; i < connection_count(api); i++) {
        api->readers[i] = open_db(s, DB_ROLE_READ, why);
        if (!api->readers[i])
            return false;
        if (sqlite) /* on PostgreSQL other nodes change tokens too: each call asks */
            api->actors[i] = auth_cache_new();
    }
    /* What was made a moment ago from the schema that the build tried the queries on need not be tried again. */
    if (!s->throwaway && !db_check_queries(api->readers[0], s->arena, why))
        return false;
    api->blobs = blobs_open(arena_printf(s->arena, "%.*s/files", STR_FMT(s->data_dir)), s->throwaway, s->arena, why);
    if (!api->blobs)
        return false;
    file_bodies_sweep(api->blobs, s->writer);
    file_index_fill(s->writer, api->blobs);
    api->slow = slow_new();
    api->accesses = access_log_new();
    api->geo = s->geo = geo_open(s->arena, s->settings.geoip_database, why);
    if (why->n)
        return false;
    if (said_open(s->writer, s->arena) != OK) {
        *why = S("How far counting has come cannot be read; the log says why.");
        return false;
    }
    api->lane_inline = !sqlite;
    api->lane = lane_new(sqlite ? s->writer : NULL, &(struct lane_options){.others_wrote = auth_forget_all});
    if (!sqlite)
        db_close(s->writer);
    s->writer = NULL;
    api->public_url = public_url(s);
    open_rtm(s);
    if (!open_events(s, why) || !open_jobs(s, why) || !open_indexer(s, why) || !open_unfurler(s, why) ||
        !open_analytics(s, why))
        return false;
    if (s->settings.page_cache_bytes)
        api->pages = page_cache_new((size_t)s->settings.page_cache_bytes);
    if (str_eq(s->settings.rate_limits, S("slack")))
        api->limiter = limiter_new();
    return true;
}

struct http_server *server_listener(struct server *s, struct str *why)
{
    struct http_config cfg = {
        .listen = s->settings.listen,
        .tls_cert = s->settings.tls_cert,
        .tls_key = s->settings.tls_key,
        .temp_dir = s->data_dir,
        .trusted_proxies = s->settings.trusted_proxies,
        .limits = http_limits_default,
        .handler = front_handle,
        .body_limit = front_body_limit,
        .ctx = &s->front,
    };

    cfg.limits.threads = s->api.n_workers ? s->api.n_workers : 1;
    cfg.limits.max_connections = (int)s->settings.max_connections;
    cfg.limits.idle_ms = (int)s->settings.idle_timeout_ms;
    cfg.limits.drain_ms = (int)s->settings.drain_timeout_ms;
    s->front = (struct front){.api = &s->api,
                              .rtm = s->rtm,
                              .max_body_bytes = s->settings.max_body_bytes,
                              .max_file_bytes = s->settings.max_file_bytes};
    return http_open(&cfg, s->arena, why);
}

static void open_link(void *ctx, struct http_request *req, int64_t app, bool short_lived)
{
    socket_hub_accept(ctx, req, app, short_lived);
}

static bool open_http(struct server *s, struct str *why)
{
    s->http = server_listener(s, why);
    if (!s->http)
        return false;
    hub_start(rtm_hub(s->rtm), s->http);
    socket_hub_serve(events_api_sockets(s->events), s->http);
    s->front.link = open_link;
    s->front.link_ctx = events_api_sockets(s->events);
    if (http_start(s->http) != 0) {
        *why = S("The worker threads could not be started; see the limit on threads (ulimit -u).");
        return false;
    }
    return true;
}

/* Requests take and give back the same few pages all the time: given to the system each time, they cost a page fault a
 * write. */
static void keep_pages(void)
{
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_TOP_PAD, TOP_PAD_BYTES);
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM_BYTES);
}

bool server_open(struct server *s, struct str *why)
{
    keep_pages();
    return open_api(s, why);
}

bool server_start(struct server *s, struct str *why)
{
    return server_open(s, why) && server_serve(s, why);
}

bool server_serve(struct server *s, struct str *why)
{
    struct str origin;

    if (!open_http(s, why))
        return false;
    origin = server_origin(s);
    log_info("listening", "url=%.*s workers=%d engine=%s", STR_FMT(origin), s->api.n_workers,
             s->api.lane_inline ? "postgres" : "sqlite");
    return true;
}

struct str server_origin(struct server *s)
{
    struct str listen = s->settings.listen, host;
    size_t colon = listen.n;

    if (!s->http) /* it did not come to listening */
        return arena_printf(s->arena, "http://%.*s", STR_FMT(listen));
    while (colon > 0 && listen.p[colon - 1] != ':')
        colon--;
    host = str_head(listen, colon ? colon - 1 : 0);
    return arena_printf(s->arena, "%s://%.*s:%d", s->settings.tls_cert.n ? "https" : "http", STR_FMT(host),
                        http_port(s->http));
}

static void waited_for(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void server_block_signals(void)
{
    sigset_t set;

    waited_for(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit fails the write, not the server */
}

static void reload_geo(struct server *s)
{
    struct arena *a = arena_new(1 << 12);
    struct str why;

    if (geo_reload(s->geo, a, &why))
        log_info("reload", "what=geoip_database");
    else
        log_warn("not_reloaded", "why=\"%.*s\" hint=\"what was read before goes on being asked\"", STR_FMT(why));
    arena_free(a);
}

static void reload_certificate(struct server *s)
{
    struct arena *a = arena_new(1 << 12);
    struct str why;

    if (http_reload_tls(s->http, a, &why))
        log_info("reload", "what=certificate");
    else
        log_error("not_reloaded",
                  "why=\"%.*s\" hint=\"the certificate read before goes on being served; put both files right and send "
                  "SIGHUP again\"",
                  STR_FMT(why));
    arena_free(a);
}

void server_wait(struct server *s)
{
    sigset_t set;
    int sig = 0;

    waited_for(&set);
    while (sigwait(&set, &sig) == 0 && sig == SIGHUP) {
        auth_forget_all(); /* the shell commands changed tokens, people or apps */
        log_info("reload", "what=tokens");
        if (s->geo)
            reload_geo(s);
        if (s->settings.tls_cert.n)
            reload_certificate(s);
    }
    log_info("stopping", "signal=%s", sig == SIGTERM ? "SIGTERM" : "SIGINT");
}

void server_stop(struct server *s)
{
    fault_hurry(s->api.faults);
    if (s->rtm)
        hub_stop(rtm_hub(s->rtm));
    if (s->http)
        http_stop(s->http);
    rtm_stop(s->rtm);
    interact_stop(s->interact);
    slow_free(s->api.slow);
    job_runner_free(s->api.jobs);
    search_indexer_free(s->indexer);
    analytics_free(s->api.analytics);
    unfurler_stop(s->unfurler);
    events_api_stop(s->events); /* and with it what goes out */
    unfurler_free(s->unfurler);
    if (s->api.lane)
        lane_free(s->api.lane); /* completes what is still with it */
    events_api_free(s->events);
    interact_free(s->interact);
    fault_free(s->api.faults); /* and this, what waits with them */
    http_free(s->http);
    rtm_free(s->rtm);
    db_close(s->writer);
    db_close(s->index);
    for (int i = 0; s->api.actors && i < connection_count(&s->api); i++) {
        if (s->api.readers[i])
            db_close(s->api.readers[i]);
        auth_cache_free(s->api.actors[i]);
    }
    blobs_close(s->api.blobs);
    page_cache_free(s->api.pages);
    limiter_free(s->api.limiter);
    access_log_free(s->api.accesses);
    geo_free(s->geo);
    marks_free(s->api.marks);
    if (s->lock_fd > 0)
        close(s->lock_fd);
}
