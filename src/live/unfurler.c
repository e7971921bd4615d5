#include "live/unfurler.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/wait.h"
#include "core/job.h"
#include "core/manifest.h"
#include "live/webpage.h"
#include "net/http_client.h"
#include "sql.h"

enum {
    ERRANDS_MAX = 4, /* messages at once */
    LINKS_MAX = 5,   /* of each; core/unfurl.c notes no more */
    PAGE_MAX_BYTES = 1 << 20,
    TIMEOUT_MS = 5000,
    REDIRECTS_MAX = 3,
    TRIES_MAX = 3,
    LOOK_EACH_MS = 250,
    ARENA_BYTES = 1 << 14,
    RESULT_MAX_BYTES = 1 << 16,
};

/* Whoever reads a message's pages has so long before others do. */
#define CLAIM_US (INT64_C(60) * US_PER_S)
/* And a preview waits so long for the job that shows it. */
#define KEEP_US (INT64_C(86400) * US_PER_S)

struct errand;

struct link {
    struct http_out_request req; /* first: a http_out_request * is a link * */
    struct errand *errand;
    struct str url;
    bool answered, is_image;
    struct str content_type, body; /* heap */
};

/* The pages of one message. */
struct errand {
    struct errand *next;
    struct unfurler *unfurler;
    struct arena *arena; /* the row, the addresses */
    struct unfurl_row row;
    struct link links[LINKS_MAX];
    int n, pending; /* pending: under the unfurler's lock */
};

enum step { STEP_CLAIM, STEP_ANSWER };

struct unfurler {
    struct lane_job job; /* first: a lane_job * is an unfurler * */
    struct unfurler_options opt;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool stop, job_done;
    struct errand *errands;
    int n_errands;
    struct arena *arena; /* of one step */
    enum step step;      /* what the job does, and with what */
    struct unfurl_row *row;
    struct str result;
    bool ok; /* of the job */
};

/* --- on the lane ---------------------------------------------------------------------------------------------- */

static bool claim(struct unfurler *u, struct db *db)
{
    const struct unfurl_row *row = u->row;
    int64_t changed = 0;
    enum err e;

    if (row->tries >= TRIES_MAX || row->result.n) { /* nobody waits for it any more */
        sql_unfurl_remove(db, u->arena, row->id, &changed);
        return false;
    }
    e = sql_unfurl_claim(db, u->arena, row->id, row->due_us, clock_now_us() + CLAIM_US, &changed);
    return e == OK && changed == 1;
}

static bool answer(struct unfurler *u, struct db *db)
{
    const struct unfurl_row *row = u->row;
    int64_t changed;

    if (!u->result.n)
        return sql_unfurl_remove(db, u->arena, row->id, &changed) == OK;
    return sql_unfurl_answer(db, u->arena, row->id, u->result, clock_now_us() + KEEP_US, &changed) == OK &&
           sql_job_set(db, u->arena, JOB_UNFURL, row->team_id, row->id, clock_now_us(), &changed) == OK;
}

static bool run(struct lane_job *job, struct db *db)
{
    struct unfurler *u = (struct unfurler *)job;

    u->ok = u->step == STEP_CLAIM ? claim(u, db) : answer(u, db);
    return true;
}

static void done(struct lane_job *job, bool committed, enum db_status why)
{
    struct unfurler *u = (struct unfurler *)job;

    (void)why;
    pthread_mutex_lock(&u->lock);
    u->ok = u->ok && committed;
    u->job_done = true;
    pthread_cond_broadcast(&u->told);
    pthread_mutex_unlock(&u->lock);
}

static bool on_lane(struct unfurler *u, enum step step, struct unfurl_row *row, struct str result)
{
    u->step = step;
    u->row = row;
    u->result = result;
    u->job_done = false;
    u->job = (struct lane_job){.run = run, .done = done};
    lane_submit(u->opt.lane, &u->job, u->opt.db);
    pthread_mutex_lock(&u->lock);
    while (!u->job_done)
        pthread_cond_wait(&u->told, &u->lock);
    pthread_mutex_unlock(&u->lock);
    return u->ok;
}

/* --- fetching ------------------------------------------------------------------------------------------------- */

static struct str copy(struct str s)
{
    char *p = malloc(s.n + 1);

    if (!p)
        abort();
    if (s.n)
        memcpy(p, s.p, s.n);
    return str_of(p, s.n);
}

/* On the client's thread.  Of a page that is too large its beginning says enough. */
static void fetched(struct http_out_request *req, const struct http_result *result)
{
    struct link *l = (struct link *)req;
    struct unfurler *u = l->errand->unfurler;
    bool good =
        (result->outcome == HTTP_OUT_ANSWERED || result->outcome == HTTP_OUT_TOO_LARGE) && result->status / 100 == 2;

    l->answered = good;
    l->is_image = good && str_starts(result->content_type, S("image/"));
    l->content_type = copy(good ? result->content_type : S(""));
    l->body = copy(good && !l->is_image ? result->body : S(""));
    pthread_mutex_lock(&u->lock);
    l->errand->pending--;
    pthread_cond_broadcast(&u->told);
    pthread_mutex_unlock(&u->lock);
}

static bool hears_links(const struct manifest *m)
{
    for (int i = 0; i < m->bot_events.n; i++)
        if (str_eq(m->bot_events.v[i], S("link_shared")))
            return true;
    for (int i = 0; i < m->user_events.n; i++)
        if (str_eq(m->user_events.v[i], S("link_shared")))
            return true;
    return false;
}

/* Does an app of the workspace preview it? */
static bool is_claimed(struct arena *a, const struct app_in_team_row *apps, int n, struct str url)
{
    struct manifest m;
    struct str domain;

    for (int i = 0; i < n; i++)
        if (manifest_read(a, apps[i].manifest, &m) && hears_links(&m) &&
            manifest_unfurls(&m.unfurl_domains, url, &domain))
            return true;
    return false;
}

static void add_links(struct errand *e, const struct app_in_team_row *apps, int n_apps)
{
    struct str rest = e->row.urls, url;

    while (e->n < LINKS_MAX && str_cut(&rest, '\n', &url)) {
        if (!url.n || is_claimed(e->arena, apps, n_apps, url))
            continue;
        e->links[e->n++] = (struct link){
            .req = {.url = url,
                    .headers = S("Accept: text/html,application/xhtml+xml,image/*;q=0.9\r\n"),
                    .timeout_ms = TIMEOUT_MS,
                    .max_redirects = REDIRECTS_MAX,
                    .max_reply_bytes = PAGE_MAX_BYTES,
                    .done = fetched},
            .errand = e,
            .url = url,
        };
    }
}

static void errand_free(struct errand *e)
{
    for (int i = 0; i < e->n; i++) {
        free((char *)(uintptr_t)e->links[i].body.p);
        free((char *)(uintptr_t)e->links[i].content_type.p);
    }
    arena_free(e->arena);
    free(e);
}

static struct errand *errand_new(struct unfurler *u, const struct unfurl_row *row)
{
    struct errand *e = calloc(1, sizeof(*e));

    if (!e)
        abort();
    e->unfurler = u;
    e->arena = arena_new(ARENA_BYTES);
    e->row = *row;
    e->row.urls = arena_dup(e->arena, row->urls);
    return e;
}

/* Without a link that is nobody's the errand is over at once. */
static void begin(struct unfurler *u, struct unfurl_row *row)
{
    struct app_in_team_row *apps;
    struct errand *e;
    int n_apps;

    if (sql_apps_in_team(u->opt.db, u->arena, row->team_id, &apps, &n_apps) != OK ||
        !on_lane(u, STEP_CLAIM, row, S("")))
        return;
    e = errand_new(u, row);
    add_links(e, apps, n_apps);
    e->pending = e->n;
    e->next = u->errands;
    u->errands = e;
    u->n_errands++;
    for (int i = 0, n = e->n; i < n; i++)
        http_client_send(u->opt.client, &e->links[i].req);
}

static void begin_due(struct unfurler *u)
{
    struct unfurl_row *rows;
    int n;

    arena_reset(u->arena);
    if (u->n_errands == ERRANDS_MAX ||
        sql_unfurl_due(u->opt.db, u->arena, clock_now_us(), ERRANDS_MAX - u->n_errands, &rows, &n) != OK)
        return;
    for (int i = 0; i < n; i++)
        begin(u, &rows[i]);
}

/* --- what comes of it ----------------------------------------------------------------------------------------- */

static struct str host_of(struct str url)
{
    ptrdiff_t at = str_find(url, S("://"));
    struct str rest = str_skip(url, (size_t)at + 3);
    size_t n = 0;

    while (n < rest.n && !strchr("/?#", rest.p[n]))
        n++;
    return str_starts(rest, S("www.")) ? str_of(rest.p + 4, n - 4) : str_head(rest, n);
}

static void open_preview(struct json_out *o, const struct link *l)
{
    json_open(o, S(""), '{');
    json_str(o, S("from_url"), l->url);
    json_str(o, S("original_url"), l->url);
}

static void put_image(struct json_out *o, const struct link *l)
{
    open_preview(o, l);
    json_str(o, S("fallback"), l->url);
    json_str(o, S("image_url"), l->url);
    json_close(o, '}');
}

static void put_page(struct arena *a, struct json_out *o, const struct link *l, const struct webpage *page)
{
    struct str service = page->site_name.n ? page->site_name : host_of(l->url);
    struct str title = page->title.n ? page->title : service;

    open_preview(o, l);
    json_str(o, S("service_name"), service);
    json_str(o, S("fallback"), ARENA_JOIN(a, service, S(": "), title));
    json_str(o, S("title"), title);
    json_str(o, S("title_link"), l->url);
    if (page->description.n)
        json_str(o, S("text"), page->description);
    if (page->image.n)
        json_str(o, page->large_image || page->is_media ? S("image_url") : S("thumb_url"), page->image);
    json_close(o, '}');
}

static int put_preview(struct unfurler *u, struct json_out *o, const struct unfurl_row *row, const struct link *l)
{
    struct webpage page;

    if (!l->answered)
        return 0;
    if (l->is_image && row->media) {
        put_image(o, l);
        return 1;
    }
    if (l->is_image || !webpage_read(u->arena, l->url, l->content_type, l->body, &page) ||
        !(page.is_media ? row->media : row->links))
        return 0;
    put_page(u->arena, o, l, &page);
    return 1;
}

static void finish(struct unfurler *u, struct errand *e)
{
    struct buf b;
    struct json_out o = {.b = &b};
    int n = 0;

    arena_reset(u->arena);
    b = buf_in(u->arena, RESULT_MAX_BYTES);
    json_open(&o, S(""), '[');
    for (int i = 0; i < e->n; i++)
        n += put_preview(u, &o, &e->row, &e->links[i]);
    json_close(&o, ']');
    if (!on_lane(u, STEP_ANSWER, &e->row, n && !b.over ? buf_view(&b) : S("")))
        log_warn("unfurl_not_kept", "message=%lld hint=\"it is tried again in a minute\"", (long long)e->row.ts);
    errand_free(e);
}

static bool is_over(struct unfurler *u, const struct errand *e)
{
    bool over;

    pthread_mutex_lock(&u->lock);
    over = e->pending == 0;
    pthread_mutex_unlock(&u->lock);
    return over;
}

static void finish_fetched(struct unfurler *u)
{
    struct errand **at = &u->errands;

    while (*at) {
        struct errand *e = *at;
        if (!is_over(u, e)) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        u->n_errands--;
        finish(u, e);
    }
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

/* Until something was fetched, or it is time to look again; false when it is time to end. */
static bool rest(struct unfurler *u)
{
    bool go_on;

    pthread_mutex_lock(&u->lock);
    if (!u->stop)
        wait_until(&u->told, &u->lock, clock_mono_us() + LOOK_EACH_MS * INT64_C(1000));
    go_on = !u->stop;
    pthread_mutex_unlock(&u->lock);
    return go_on;
}

static void *unfurler_main(void *arg)
{
    struct unfurler *u = arg;

    while (rest(u)) {
        finish_fetched(u);
        begin_due(u);
    }
    return NULL;
}

/* Signals are the main thread's business. */
static void start_thread(struct unfurler *u)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&u->thread, NULL, unfurler_main, u) != 0)
        abort();
    pthread_setname_np(u->thread, "unfurler");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct unfurler *unfurler_new(const struct unfurler_options *opt)
{
    struct unfurler *u = calloc(1, sizeof(*u));

    if (!u)
        abort();
    u->opt = *opt;
    u->arena = arena_new(ARENA_BYTES);
    pthread_mutex_init(&u->lock, NULL);
    wait_init(&u->told);
    start_thread(u);
    return u;
}

void unfurler_stop(struct unfurler *u)
{
    if (!u)
        return;
    pthread_mutex_lock(&u->lock);
    u->stop = true;
    pthread_cond_broadcast(&u->told);
    pthread_mutex_unlock(&u->lock);
    pthread_join(u->thread, NULL);
}

void unfurler_free(struct unfurler *u)
{
    struct errand *e;

    if (!u)
        return;
    while ((e = u->errands) != NULL) {
        u->errands = e->next;
        errand_free(e);
    }
    pthread_cond_destroy(&u->told);
    pthread_mutex_destroy(&u->lock);
    arena_free(u->arena);
    db_close(u->opt.db);
    free(u);
}
