#include "live/apps.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/rand.h"
#include "core/app.h"
#include "core/auth.h"
#include "sql.h"

enum { ARENA_BYTES = 1 << 12 };

struct reading {
    struct app_set set; /* first: an app_set * is a reading * */
    struct arena *arena;
    int64_t epoch; /* as the rows were read (core/auth.h) */
    int users;     /* under the lock; the newest has one more */
};

struct apps {
    unsigned char key[SECRET_KEY_BYTES];
    pthread_mutex_t lock;
    struct reading *newest;
    atomic_uint_fast64_t generation; /* that newest is of, plus one; 0: none */
    atomic_int_fast64_t epoch;       /* that newest is of */
    atomic_bool any;
};

/* --- reading -------------------------------------------------------------------------------------------------- */

static void note_event(struct str name, uint64_t *out)
{
    int at = subscription_find(name);

    if (at >= 0)
        out[at / 64] |= UINT64_C(1) << at % 64;
}

/* Asking for `message` is asking for all kinds of conversations, as classic apps do. */
static void note_events(const struct str_list *names, uint64_t *out)
{
    static const struct str kinds[] = {
        {"message.channels", 16}, {"message.groups", 14}, {"message.im", 10}, {"message.mpim", 12}};

    for (int i = 0; i < names->n; i++) {
        for (size_t k = 0; str_eq(names->v[i], S("message")) && k < sizeof(kinds) / sizeof(*kinds); k++)
            note_event(kinds[k], out);
        note_event(names->v[i], out);
    }
}

static void read_app(struct arena *a, const unsigned char *key, const struct listener_row *row, struct app *out)
{
    struct manifest m;

    *out = (struct app){.id = row->id, .org = row->org_id};
    if (!manifest_read(a, row->manifest, &m)) {
        log_error("manifest_unreadable", "app=%lld", (long long)row->id);
        return;
    }
    out->linked = m.socket_mode;
    note_events(&m.bot_events, out->bot_events);
    note_events(&m.user_events, out->user_events);
    if (m.n_functions) /* it need not ask for that as well */
        note_event(S("function_executed"), out->bot_events);
    if (!m.bot_events.n && !m.user_events.n && !m.n_functions)
        return;
    out->unfurl_domains = m.unfurl_domains;
    out->socket = m.socket_mode;
    out->signing_secret = app_unseal(a, key, row->signing_secret);
    out->verification_token = app_unseal(a, key, row->verification_token);
    /* Under an empty key anybody could sign: sealed under another key file, it is told nothing. */
    out->url = m.socket_mode || !out->signing_secret.p ? S("") : m.event_url;
    out->verified = out->url.n && str_eq(out->url, row->url);
    out->disabled = out->verified && row->disabled_us;
}

static bool scopes_allow(const struct subscription *s, const uint64_t *scopes)
{
    uint64_t any = 0, common = 0;

    for (int i = 0; i < SCOPE_WORDS; i++) {
        any |= s->scopes[i];
        common |= s->scopes[i] & scopes[i];
    }
    return !any || common;
}

/* A classic bot's scope holds what its events need. */
static bool hears_all(const uint64_t *scopes)
{
    return scopes[SCOPE_BOT / 64] >> (SCOPE_BOT % 64) & 1;
}

static void add_ear(struct app_set *set, const struct app *app, const struct ear_row *row, struct ear *ear)
{
    const uint64_t *wanted = row->is_bot ? app->bot_events : app->user_events;
    uint64_t scopes[SCOPE_WORDS];

    scope_parse(row->scopes, scopes);
    ear->user = row->user_id;
    ear->is_bot = row->is_bot;
    ear->is_guest = row->guest != 0;
    ear->whole_org |= row->whole_org != 0;
    for (int i = 0; i < SUBSCRIPTIONS_N; i++)
        if (subscription_in(wanted, i) && (scopes_allow(&subscriptions[i], scopes) || hears_all(scopes))) {
            ear->hears[i / 64] |= UINT64_C(1) << i % 64;
            set->heard[i / 64] |= UINT64_C(1) << i % 64;
        }
}

/* The ears of one app in one workspace, from row at on; returns how many rows those are. */
static int read_install(struct arena *a, struct app_set *set, const struct app *app, const struct ear_row *rows, int n)
{
    struct app_install *in = &set->installs[set->n_installs++];
    struct ear *ears;
    int rows_n = 0;

    while (rows_n < n && rows[rows_n].app_id == rows->app_id && rows[rows_n].team_id == rows->team_id)
        rows_n++;
    ears = ARENA_ARRAY(a, struct ear, rows_n);
    *in = (struct app_install){.app = app, .team = rows->team_id, .ears = ears};
    for (int bots = 1; bots >= 0; bots--)
        for (int i = 0; i < rows_n; i++) {
            if (rows[i].is_bot != bots)
                continue;
            if (in->n_ears == 0 || ears[in->n_ears - 1].user != rows[i].user_id)
                in->n_ears++;
            add_ear(set, app, &rows[i], &ears[in->n_ears - 1]);
        }
    return rows_n;
}

static enum err read_all(struct apps *apps, struct db *db, struct reading *r)
{
    struct listener_row *rows;
    struct ear_row *ears;
    int n, n_ears;

    TRY(auth_epoch_read(db, r->arena, &r->epoch));
    TRY(sql_listeners(db, r->arena, &rows, &n));
    r->set.apps = ARENA_ARRAY(r->arena, struct app, n);
    r->set.n_apps = n;
    for (int i = 0; i < n; i++)
        read_app(r->arena, apps->key, &rows[i], &r->set.apps[i]);
    TRY(sql_listener_ears(db, r->arena, &ears, &n_ears));
    r->set.installs = ARENA_ARRAY(r->arena, struct app_install, n_ears);
    for (int i = 0; i < n_ears;) {
        const struct app *app = app_set_find(&r->set, ears[i].app_id);
        if (app && app_has_way(app) && (app->socket || app->verified))
            i += read_install(r->arena, &r->set, app, ears + i, n_ears - i);
        else
            i++;
    }
    return OK;
}

/* --- handing out ---------------------------------------------------------------------------------------------- */

struct apps *apps_new(const unsigned char *key)
{
    struct apps *apps = calloc(1, sizeof(*apps));

    if (!apps)
        abort();
    memcpy(apps->key, key, sizeof(apps->key));
    pthread_mutex_init(&apps->lock, NULL);
    return apps;
}

static void drop(struct reading *r)
{
    if (!r || --r->users > 0)
        return;
    arena_free(r->arena);
    free(r);
}

void apps_free(struct apps *apps)
{
    if (!apps)
        return;
    drop(apps->newest);
    pthread_mutex_destroy(&apps->lock);
    free(apps);
}

static bool is_of_now(const struct apps *apps)
{
    return atomic_load(&apps->generation) == auth_generation() + 1 && atomic_load(&apps->epoch) >= auth_epoch();
}

bool apps_any(const struct apps *apps)
{
    return atomic_load(&apps->any) || !is_of_now(apps);
}

static bool is_empty(const struct app_set *set)
{
    for (int i = 0; i < SUBSCRIPTION_WORDS; i++)
        if (set->heard[i])
            return false;
    return true;
}

static void keep(struct apps *apps, struct reading *r, uint64_t generation)
{
    drop(apps->newest);
    apps->newest = r;
    atomic_store(&apps->any, !is_empty(&r->set));
    atomic_store(&apps->epoch, r->epoch);
    atomic_store(&apps->generation, generation);
}

/* The generation and the epoch are taken before the rows are read: what changes meanwhile is read again by the next
 * taker.  On PostgreSQL a transaction reads what was true when it began: by then another may know better. */
static enum err read_anew(struct apps *apps, struct db *db)
{
    uint64_t generation = auth_generation() + 1;
    struct reading *r;
    enum err e;

    if (is_of_now(apps))
        return OK;
    r = calloc(1, sizeof(*r));
    if (!r)
        abort();
    r->arena = arena_new(ARENA_BYTES);
    r->users = 1;
    e = read_all(apps, db, r);
    if (e == OK && (!apps->newest || r->epoch >= apps->newest->epoch))
        keep(apps, r, generation);
    else
        drop(r);
    return e;
}

enum err apps_take(struct apps *apps, struct db *db, const struct app_set **out)
{
    enum err e;

    pthread_mutex_lock(&apps->lock);
    e = read_anew(apps, db);
    if (e == OK) {
        apps->newest->users++;
        *out = &apps->newest->set;
    }
    pthread_mutex_unlock(&apps->lock);
    return e;
}

void apps_give_back(struct apps *apps, const struct app_set *set)
{
    pthread_mutex_lock(&apps->lock);
    drop((struct reading *)(void *)set);
    pthread_mutex_unlock(&apps->lock);
}

void apps_expire(struct apps *apps)
{
    atomic_store(&apps->generation, 0);
}

const struct app *app_set_find(const struct app_set *set, int64_t id)
{
    int from = 0, to = set->n_apps;

    while (from < to) {
        int middle = (from + to) / 2;
        if (set->apps[middle].id == id)
            return &set->apps[middle];
        if (set->apps[middle].id < id)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}
