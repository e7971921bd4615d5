#include "run_world.h"

#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analytics/analytics.h"
#include "base/clock.h"
#include "base/rand.h"
#include "core/live.h"
#include "core/page_cache.h"
#include "core/put.h"
#include "core/said.h"
#include "core/search_index.h"
#include "jobs/runner.h"
#include "core/access_log.h"
#include "jobs/search_indexer.h"
#include "place.h"
#include "run_fixture.h"
#include "run_http.h"
#include "settings.h"
#include "net/multipart.h"
#include "store/blob.h"
#include "store/lane.h"
#include "store/migrate.h"

enum { CALL_ARENA_BYTES = 1 << 14, WORLD_ARENA_BYTES = 1 << 16, PAGES_BYTES = 4 << 20, FILE_MAX_BYTES = 16 << 20 };
#define ACCESS_RETENTION_MS (INT64_C(365) * 86400 * 1000)

struct world {
    struct arena *arena, *call_arena;
    struct http_caller *http;   /* NULL: calls are made in process */
    char *folder;               /* SQLite's, else NULL */
    struct db *reader, *writer; /* writer: NULL on PostgreSQL once the fixture stands */
    struct auth_cache *actors;
    struct blobs *blobs;
    char *files;             /* their folder */
    struct http_part *parts; /* of the call's form */
    int n_parts;
    struct settings settings;
    struct api api;
    struct db *index; /* until the indexer has it */
    struct search_indexer *indexer;
    struct api_request req;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done;
    bool settling; /* jobs run: what they emit is kept for the case */
    struct event *happened, **happened_tail;
    struct app_answer app; /* what an app answers to the next call */
    struct str asked;
};

static struct str sqlite_url(struct world *w)
{
    const char *temp = getenv("TMPDIR");

    w->folder = arena_cstr(w->arena, arena_printf(w->arena, "%s/taut-case-XXXXXX", temp && *temp ? temp : "/tmp"));
    if (!mkdtemp(w->folder)) {
        w->folder = NULL;
        return S("");
    }
    return arena_printf(w->arena, "sqlite:%s/taut.db", w->folder);
}

/* --- files ---------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static bool open_files(struct world *w, struct str *why)
{
    const char *temp = getenv("TMPDIR");

    w->files = arena_cstr(w->arena, arena_printf(w->arena, "%s/taut-files-XXXXXX", temp && *temp ? temp : "/tmp"));
    if (!mkdtemp(w->files)) {
        w->files = NULL;
        *why = S("no folder could be made for files");
        return false;
    }
    w->blobs = blobs_open(str_c(w->files), true, w->arena, why);
    return w->blobs != NULL;
}

/* As the listener does it: a form is taken apart before anybody looks at it. */
static void read_form(struct world *w)
{
    struct str boundary = multipart_boundary(w->call_arena, w->req.content_type);
    struct http_part *parts;
    struct multipart *m;

    if (!boundary.n)
        return;
    m = multipart_new(w->call_arena, boundary, &http_limits_default, place_in(w->call_arena, w->files));
    multipart_feed(m, w->req.body);
    w->req.is_multipart = true;
    w->req.multipart_bad = multipart_end(m, &parts, &w->req.n_parts) != MULTIPART_OK;
    w->req.parts = w->parts = parts;
    w->n_parts = w->req.n_parts;
    w->req.body = S("");
}

/* --- databases ------------------------------------------------------------------------------------------------ */

static struct db *open_db(struct world *w, struct str url, enum db_role role, struct str *why)
{
    return db_open(url, &(struct db_options){.role = role, .throwaway = true}, w->arena, why);
}

/* PostgreSQL takes half a second to drop and make the schema, so a process does it once, keeps beside it what the
 * tables held then, and goes back to that.  Later tables refer to earlier ones. */
static const char make_empty[] =
    "drop schema if exists pristine cascade; drop schema public cascade; create schema public";
static const char keep_pristine[] =
    "create schema pristine; do $$ declare t text; begin "
    "for t in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
    "loop execute format('create table pristine.%1$I as table public.%1$I', t); end loop; end $$";
static const char go_back[] =
    "do $$ declare t text; begin "
    "for t in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by oid "
    "desc "
    "loop execute format('delete from public.%I', t); end loop; "
    "for t in select relname from pg_class where relnamespace = 'pristine'::regnamespace and relkind = 'r' order by "
    "oid "
    "loop execute format('insert into public.%1$I select * from pristine.%1$I', t); end loop; end $$";

static bool schema_known; /* in this process: kept, and all queries tried on it */

/* A connection that looked at the old schema is not used again. */
static bool empty_postgres(struct world *w, struct str url, struct str *why)
{
    struct db *db = open_db(w, url, DB_ROLE_WRITE, why);
    bool emptied;

    if (!db)
        return false;
    emptied = db_script(db, schema_known ? go_back : make_empty) == DB_OK;
    db_close(db);
    if (!emptied)
        *why = S("the public schema could not be emptied");
    return emptied;
}

static bool know_schema(struct world *w, struct str *why)
{
    if (schema_known)
        return true;
    schema_known = db_check_queries(w->reader, w->arena, why) &&
                   (db_engine(w->writer) == DB_SQLITE || db_script(w->writer, keep_pristine) == DB_OK);
    return schema_known;
}

static bool open_databases(struct world *w, struct str url, struct str *why)
{
    w->writer = open_db(w, url, DB_ROLE_WRITE, why);
    if (!w->writer || !db_migrate(w->writer, w->arena, why))
        return false;
    if (db_engine(w->writer) == DB_SQLITE && !(w->index = open_db(w, url, DB_ROLE_INDEX, why)))
        return false;
    w->reader = open_db(w, url, DB_ROLE_READ, why);
    return w->reader && know_schema(w, why) && fixture_make(w->writer, why);
}

/* A call's own events stay with its request; those of jobs go with the job's arena. */
static void heard(void *ctx, const struct call *c)
{
    struct world *w = ctx;

    for (const struct event *e = c->events; e && w->settling; e = e->next) {
        struct event *kept = ARENA_NEW(w->arena, struct event);
        *kept = *e;
        kept->next = NULL;
        kept->json = arena_dup(w->arena, e->json);
        *w->happened_tail = kept;
        w->happened_tail = &kept->next;
    }
}

/* Places at the events are made and never taken: cases have no connections. */
static enum err open_place(void *ctx, struct call *c, const struct live_wishes *wishes, struct str *ticket)
{
    (void)ctx;
    (void)wishes;
    *ticket = rand_token(c->arena, 48);
    return OK;
}

static struct live_presence presence_unknown(void *ctx, int64_t user)
{
    (void)ctx;
    (void)user;
    return (struct live_presence){0};
}

static void unseen(void *ctx, int64_t user)
{
    (void)ctx;
    (void)user;
}

static const struct live no_connections = {.open = open_place, .presence = presence_unknown, .acted = unseen};

/* --- an app --------------------------------------------------------------------------------------------------- */

enum { ASKED_MAX_BYTES = 2 << 20 };

/* Answers at once; a call under way is all there is. */
static bool ask_app(void *ctx, struct app_ask *ask)
{
    struct world *w = ctx;
    struct app_answer answer = w->app;
    struct buf b = buf_in(w->arena, ASKED_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    put_id(&o, S("app"), ask->app);
    json_str(&o, S("to"), ask->socket ? S("socket") : ask->url);
    json_str(&o, S("form"), ask->form == ASK_COMMAND ? S("command") : S("interaction"));
    json_text(&o, S("payload"), ask->payload);
    json_close(&o, '}');
    w->asked = buf_view(&b);
    w->app = (struct app_answer){.outcome = APP_AWAY};
    if (answer.outcome == APP_AWAY)
        return false;
    ask->done(ask, &answer);
    return true;
}

void world_app(struct world *w, const struct app_answer *answer)
{
    w->app = *answer;
    w->app.body = arena_dup(w->arena, answer->body);
    w->app.trouble = arena_dup(w->arena, answer->trouble);
}

struct str world_asked(struct world *w)
{
    return w->asked;
}

static bool open_analytics(struct world *w, struct str url, struct str *why)
{
    enum db_role role = w->api.lane_inline ? DB_ROLE_WRITE : DB_ROLE_READ;
    struct analytics_options opt = {
        .lane = w->api.lane,
        .db = open_db(w, url, role, why),
        .settings = &w->settings,
        .marks = w->api.marks,
        .folder = arena_printf(w->arena, "%s/analytics", w->files),
        .throwaway = true,
    };

    if (w->api.lane_inline)
        opt.flush_db = open_db(w, url, role, why);
    w->api.analytics = opt.db && (opt.flush_db || !w->api.lane_inline) ? analytics_new(&opt, w->arena, why) : NULL;
    return w->api.analytics != NULL;
}

static bool open_indexer(struct world *w, struct str url, struct str *why)
{
    struct db *db = open_db(w, url, w->api.lane_inline ? DB_ROLE_WRITE : DB_ROLE_READ, why);

    if (!db)
        return false;
    w->indexer = search_indexer_new(w->api.lane, db, w->index, false);
    w->index = NULL;
    if (!w->indexer)
        *why = S("the search index cannot be read");
    return w->indexer != NULL;
}

/* As the server does it: on PostgreSQL the worker writes too, and asks for its actor each time. */
static bool open_api(struct world *w, struct str url, struct str *why)
{
    bool sqlite = db_engine(w->writer) == DB_SQLITE;
    struct db *jobs_db = open_db(w, url, sqlite ? DB_ROLE_READ : DB_ROLE_WRITE, why);

    if (!jobs_db)
        return false;
    if (said_open(w->writer, w->arena) != OK) {
        *why = S("how far counting has come cannot be read");
        return false;
    }
    if (!sqlite) {
        db_close(w->writer);
        w->writer = NULL;
    }
    if (sqlite)
        w->actors = auth_cache_new();
    w->settings.max_file_bytes = FILE_MAX_BYTES;
    w->settings.access_retention_ms = ACCESS_RETENTION_MS;
    w->settings.employee_number_field = S("Employee number");
    w->api = (struct api){
        .settings = &w->settings,
        .key = fixture_key,
        .readers = &w->reader,
        .actors = &w->actors,
        .n_workers = 1,
        .blobs = w->blobs,
        .lane = lane_new(w->writer, NULL),
        .lane_inline = !sqlite,
        .pages = page_cache_new(PAGES_BYTES),
        .bus = {.ctx = w, .publish = heard}, /* so that events are made */
        .live = &no_connections,
        .asker = {.ctx = w, .ask = ask_app},
        .accesses = access_log_new(),
        .marks = marks_new(),
        .dev = true,
    };
    w->api.jobs = job_runner_new(&(struct job_options){.lane = w->api.lane,
                                                       .db = jobs_db,
                                                       .bus = w->api.bus,
                                                       .settings = &w->settings,
                                                       .key = fixture_key,
                                                       .accesses = w->api.accesses,
                                                       .base_url = S("http://127.0.0.1:8065/")});
    return open_indexer(w, url, why) && open_analytics(w, url, why);
}

/* --- a running server ----------------------------------------------------------------------------------------- */

/* What the clock of the server is told; false when the server does not do it. */
static bool tell_clock(struct world *w, struct str query)
{
    struct http_ask ask = {.get = true};
    struct http_answer answer;

    if (!fixture_find(S("owner"), &ask.token))
        return false;
    ask.path = arena_printf(w->call_arena, "/api/taut.clock.set?%.*s", STR_FMT(query));
    return http_caller_ask(w->http, w->call_arena, &ask, &answer) && str_starts(answer.body, S("{\"ok\":true"));
}

static bool open_http(struct world *w, struct str url, struct str *why)
{
    w->http = http_caller_new(url);
    *why = S("no server with taut.clock.set answers there");
    return w->http && tell_clock(w, arena_printf(w->call_arena, "frozen=true&now=%d", FIXTURE_CASE_S));
}

static void run_http(struct world *w, const struct world_call *call)
{
    struct http_ask ask = {.get = call->get,
                           .token = call->token,
                           .content_type = call->content_type,
                           .body = call->body,
                           .host = call->host,
                           .agent = call->agent};
    struct http_answer answer = {0};

    ask.path = arena_printf(w->call_arena, "/api/%.*s%s%.*s", STR_FMT(call->method), call->query.n ? "?" : "",
                            STR_FMT(call->query));
    if (!http_caller_ask(w->http, w->call_arena, &ask, &answer))
        answer.body = S("(no answer)");
    w->req = (struct api_request){.arena = w->call_arena, .method = call->method};
    w->req.reply = (struct api_reply){.status = answer.status, .headers = answer.headers, .body = answer.body};
}

/* --- opening, closing, calling -------------------------------------------------------------------------------- */

struct world *world_open(struct str url, struct arena *a, struct str *why)
{
    struct world *w = calloc(1, sizeof(*w));
    struct str server = {0};
    bool files;

    if (!w)
        abort();
    w->arena = arena_new(WORLD_ARENA_BYTES);
    w->app.outcome = APP_AWAY;
    w->call_arena = arena_new(CALL_ARENA_BYTES);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->done, NULL);
    auth_forget_all();
    files = open_files(w, why);
    if (str_starts(url, S("http://"))) { /* the workspace here tells the names and tokens of the one there */
        server = url;
        url = S("");
    }
    if (!files || !(url.n ? empty_postgres(w, url, why) : (url = sqlite_url(w)).n > 0)) {
        if (!why->n)
            *why = S("no folder could be made for the database");
    } else {
        if (open_databases(w, url, why)) {
            clock_set((int64_t)FIXTURE_CASE_S * US_PER_S, true);
            if (open_api(w, url, why) && (!server.n || open_http(w, server, why)))
                return w;
        }
    }
    *why = arena_dup(a, *why);
    world_close(w);
    return NULL;
}

static void drop_reply(struct world *w)
{
    if (w->req.reply.release)
        w->req.reply.release(w->req.reply.release_arg);
    if (w->req.reply.file)
        close(w->req.reply.file->fd);
    multipart_close(w->parts, w->n_parts);
    w->n_parts = 0;
    w->req = (struct api_request){0};
    arena_reset(w->call_arena);
}

void world_close(struct world *w)
{
    drop_reply(w);
    http_caller_free(w->http);
    job_runner_free(w->api.jobs);
    search_indexer_free(w->indexer);
    analytics_free(w->api.analytics);
    if (w->api.lane)
        lane_free(w->api.lane);
    else
        db_close(w->writer);
    db_close(w->reader);
    db_close(w->index);
    auth_cache_free(w->actors);
    page_cache_free(w->api.pages);
    access_log_free(w->api.accesses);
    marks_free(w->api.marks);
    pthread_cond_destroy(&w->done);
    pthread_mutex_destroy(&w->lock);
    if (w->folder)
        nftw(w->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    blobs_close(w->blobs);
    if (w->files)
        nftw(w->files, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(w->call_arena);
    arena_free(w->arena);
    free(w);
}

static void call_done(struct api_request *req)
{
    struct world *w = req->user;

    pthread_mutex_lock(&w->lock);
    w->is_done = true;
    pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->lock);
}

static void wait_done(struct world *w)
{
    pthread_mutex_lock(&w->lock);
    while (!w->is_done)
        pthread_cond_wait(&w->done, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static int take_counts(struct world *w)
{
    return db_take_count(w->reader) + (w->writer ? db_take_count(w->writer) : 0);
}

static void move_clock(struct world *w, int64_t by_us)
{
    if (w->http)
        tell_clock(w, arena_printf(w->call_arena, "advance=%lldms", (long long)(by_us / 1000)));
    else
        clock_shift(by_us);
}

void world_run(struct world *w, const struct world_call *call, struct world_reply *out)
{
    drop_reply(w);
    move_clock(w, 1000);
    if (w->http) {
        run_http(w, call);
        *out = (struct world_reply){.req = &w->req};
        return;
    }
    w->is_done = false;
    w->asked = S("");
    w->req = (struct api_request){
        .arena = w->call_arena,
        .method = call->method,
        .post = !call->get,
        .query = call->query,
        .content_type = call->content_type,
        .body = call->body,
        .has_body = call->body.n > 0,
        .remote_addr = S("127.0.0.1"),
        .user_agent = call->agent.n ? call->agent : S("case-runner"),
        .host = call->host.n ? call->host : S("127.0.0.1:8065"),
        .done = call_done,
        .user = w,
    };
    if (call->token.n)
        w->req.authorization = arena_printf(w->arena, "Bearer %.*s", STR_FMT(call->token));
    read_form(w);
    take_counts(w);
    if (!api_call(&w->api, &w->req))
        wait_done(w);
    world_fail_at(w, 0);
    *out = (struct world_reply){&w->req, take_counts(w), arena_used(w->call_arena)};
}

const struct event *world_wait(struct world *w, int64_t by_us)
{
    w->happened = NULL;
    w->happened_tail = &w->happened;
    move_clock(w, by_us);
    w->settling = true;
    if (!w->http) {
        job_runner_settle(w->api.jobs);
        search_indexer_settle(w->indexer);
        analytics_settle(w->api.analytics);
    }
    w->settling = false;
    return w->happened;
}

static bool is_value(const struct setting *s, struct str value)
{
    bool found = s->type == SETTING_STRING;

    for (int i = 0; s->type == SETTING_ENUM && i < s->n_values; i++)
        found |= str_eq(s->values[i], value);
    return found;
}

bool world_setting(struct world *w, struct str name, struct str value)
{
    for (int i = 0; i < settings_n; i++) {
        const struct setting *s = &settings_table[i];
        if (!str_eq(str_c(s->name), name))
            continue;
        if (s->type == SETTING_SIZE || s->type == SETTING_INT || s->type == SETTING_DURATION)
            return str_to_i64(value, (int64_t *)(void *)((char *)&w->settings + s->offset));
        if (!is_value(s, value))
            continue;
        *(struct str *)(void *)((char *)&w->settings + s->offset) = arena_dup(w->arena, value);
        return true;
    }
    return false;
}

void world_fail_at(struct world *w, int n)
{
    db_fail_at(w->reader, n);
    if (w->writer)
        db_fail_at(w->writer, n);
}

void world_take_back(struct world *w)
{
    db_take_back(w->reader);
    if (w->writer)
        db_take_back(w->writer);
}
