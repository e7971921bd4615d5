#include "live/socket_hub.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "net/websocket.h"

enum {
    ANSWER_MAX_BYTES = 1 << 20,
    ARENA_BYTES = 1 << 12,
    TEXT_MAX_BYTES = 1 << 10,
    LIFE_S = 18060,
    SHORT_LIFE_S = 360,
    WARNING_S = 10,
    ACKNOWLEDGE_S = 3
};

/* A connection; but for its app the thread of the WebSockets has it. */
struct socket {
    struct socket *next;
    struct socket_hub *hub;
    struct ws *ws;
    int64_t app, ends_us; /* of the clock that tests move: whoever is sent away comes again */
    int life_s;
    bool warned;
    bool ending;   /* set under the lock, for those who ask from other threads */
    bool was_on;   /* under the lock: Socket Mode was seen to be on for its app */
    uint64_t turn; /* when it last was given something */
};

/* An envelope on its way, or not acknowledged yet. */
struct sent {
    struct sent *next;
    const struct socket_sender *sender;
    const struct socket *socket;
    int64_t app, late_us; /* of the monotonic clock */
    char envelope[ENVELOPE_ID_CHARS];
};

struct socket_hub {
    void (*opened)(void *ctx, int64_t app);
    void *opened_ctx;
    struct sent *sent; /* the thread of the WebSockets has it */
    struct http_server *http;
    struct arena *arena; /* the thread of the WebSockets has it, for one message */
    uint64_t turn;
    pthread_mutex_t lock; /* of the list; that thread alone changes it */
    struct socket *sockets;
};

/* Something for that thread to do. */
struct errand {
    struct ws_task task; /* first: a ws_task * is an errand * */
    struct socket_hub *hub;
    struct ws_frame *frame;
    struct sent *sent;
    int64_t app;
};

static void *allocate(size_t bytes)
{
    void *p = calloc(1, bytes);

    if (!p)
        abort();
    return p;
}

/* --- what the server says ------------------------------------------------------------------------------------- */

static void put_debug_info(struct json_out *o, int life_s)
{
    json_open(o, S("debug_info"), '{');
    json_str(o, S("host"), S("taut"));
    if (life_s)
        json_int(o, S("approximate_connection_time"), life_s);
    json_close(o, '}');
}

static void say(struct socket *s, struct buf *b)
{
    struct ws_frame *f = frame_new(WS_TEXT, buf_view(b));

    ws_send(s->ws, f);
    frame_unref(f);
}

static int count(const struct socket_hub *hub, int64_t app)
{
    int n = 0;

    for (const struct socket *s = hub->sockets; s; s = s->next)
        n += s->app == app;
    return n;
}

static void say_hello(struct socket *s)
{
    struct buf b = buf_in(s->hub->arena, TEXT_MAX_BYTES);
    struct json_out o = {.b = &b};
    char app[ID_MAX];

    json_open(&o, S(""), '{');
    json_str(&o, S("type"), S("hello"));
    json_int(&o, S("num_connections"), count(s->hub, s->app));
    json_open(&o, S("connection_info"), '{');
    json_str(&o, S("app_id"), str_of(app, id_format(s->app, app)));
    json_close(&o, '}');
    put_debug_info(&o, s->life_s);
    json_close(&o, '}');
    say(s, &b);
}

static void say_disconnect(struct socket *s, struct str reason)
{
    struct buf b = buf_in(s->hub->arena, TEXT_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("type"), S("disconnect"));
    json_str(&o, S("reason"), reason);
    put_debug_info(&o, 0);
    json_close(&o, '}');
    say(s, &b);
}

static void end_socket(struct socket *s, struct str reason)
{
    pthread_mutex_lock(&s->hub->lock);
    s->ending = true;
    pthread_mutex_unlock(&s->hub->lock);
    say_disconnect(s, reason);
    ws_close(s->ws, WS_NORMAL, reason);
}

/* --- what is not acknowledged yet ----------------------------------------------------------------------------- */

static struct str id_of(const struct sent *sent)
{
    return str_of(sent->envelope, sizeof(sent->envelope));
}

static void lose(struct sent *sent, enum socket_loss how)
{
    sent->sender->lost(sent->sender->ctx, sent->app, id_of(sent), how);
    free(sent);
}

/* Those of a connection that ended (socket), or those that are late by now. */
static void lose_some(struct socket_hub *hub, const struct socket *socket, int64_t now_us)
{
    struct sent **link = &hub->sent;

    while (*link) {
        struct sent *sent = *link;
        if (socket ? sent->socket != socket : sent->late_us > now_us) {
            link = &sent->next;
            continue;
        }
        *link = sent->next;
        lose(sent, socket ? SOCKET_GONE : SOCKET_LATE);
    }
}

/* Takes it out; NULL when the app has no such envelope, or none any more. */
static struct sent *take(struct socket_hub *hub, int64_t app, struct str envelope_id)
{
    struct sent **link = &hub->sent, *found;

    while (*link && !((*link)->app == app && str_eq(id_of(*link), envelope_id)))
        link = &(*link)->next;
    found = *link;
    if (found)
        *link = found->next;
    return found;
}

/* --- connections ---------------------------------------------------------------------------------------------- */

static void on_open(struct ws *w, void *user)
{
    struct socket *s = user;
    struct socket_hub *hub = s->hub;
    bool too_many = count(hub, s->app) >= SOCKETS_MAX;

    arena_reset(hub->arena);
    s->ws = w;
    s->ends_us = clock_now_us() + (int64_t)s->life_s * US_PER_S;
    pthread_mutex_lock(&hub->lock);
    s->next = hub->sockets;
    hub->sockets = s;
    s->ending = too_many; /* never among those that get something */
    pthread_mutex_unlock(&hub->lock);
    if (too_many) {
        end_socket(s, S("too_many_websockets"));
        return;
    }
    say_hello(s);
    hub->opened(hub->opened_ctx, s->app);
}

/* {"envelope_id": …, "payload": …}; what is no such thing is passed over. */
static void on_message(struct ws *w, void *user, enum ws_opcode kind, struct str payload)
{
    struct socket *s = user;
    struct socket_hub *hub = s->hub;
    const struct json *message, *answer;
    struct sent *sent;

    (void)w;
    arena_reset(hub->arena);
    if (kind != WS_TEXT)
        return;
    message = json_parse(hub->arena, payload, NULL);
    sent = take(hub, s->app, json_get_str(message, S("envelope_id")));
    if (!sent)
        return;
    answer = json_get(message, S("payload"));
    sent->sender->acknowledged(sent->sender->ctx, s->app, id_of(sent),
                               answer && answer->kind != JSON_NULL ? json_raw(answer) : S(""));
    free(sent);
}

static void on_closed(struct ws *w, void *user)
{
    struct socket *s = user;
    struct socket_hub *hub = s->hub;
    struct socket **link = &hub->sockets;

    (void)w;
    pthread_mutex_lock(&hub->lock);
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    pthread_mutex_unlock(&hub->lock);
    lose_some(hub, s, 0);
    free(s);
}

void socket_hub_accept(struct socket_hub *hub, struct http_request *req, int64_t app, bool short_lived)
{
    static const struct ws_handler handler = {
        .max_bytes = ANSWER_MAX_BYTES, .open = on_open, .message = on_message, .closed = on_closed, .never = free};
    struct socket *s = allocate(sizeof(*s));

    s->hub = hub;
    s->app = app;
    s->life_s = short_lived ? SHORT_LIFE_S : LIFE_S;
    if (!ws_accept(req, &handler, s))
        free(s);
}

bool socket_hub_has(struct socket_hub *hub, int64_t app)
{
    bool has = false;

    pthread_mutex_lock(&hub->lock);
    for (const struct socket *s = hub->sockets; s && !has; s = s->next)
        has = s->app == app && !s->ending;
    pthread_mutex_unlock(&hub->lock);
    return has;
}

/* --- errands -------------------------------------------------------------------------------------------------- */

static struct socket *next_in_turn(struct socket_hub *hub, int64_t app)
{
    struct socket *best = NULL;

    for (struct socket *s = hub->sockets; s; s = s->next)
        if (s->app == app && !s->ending && (!best || s->turn < best->turn))
            best = s;
    return best;
}

static void run_send(struct ws_task *t)
{
    struct errand *e = (struct errand *)t;
    struct socket_hub *hub = e->hub;
    struct socket *s = next_in_turn(hub, e->sent->app);

    if (s) {
        s->turn = ++hub->turn;
        e->sent->socket = s;
        e->sent->next = hub->sent;
        hub->sent = e->sent;
        ws_send(s->ws, e->frame);
    } else {
        lose(e->sent, SOCKET_NONE);
    }
    frame_unref(e->frame);
    free(e);
}

bool socket_hub_send(struct socket_hub *hub, const struct socket_sender *sender, int64_t app, struct str envelope_id,
                     struct str envelope)
{
    struct errand *e = allocate(sizeof(*e));

    e->task.run = run_send;
    e->hub = hub;
    e->frame = frame_new(WS_TEXT, envelope);
    e->sent = allocate(sizeof(*e->sent));
    e->sent->sender = sender;
    e->sent->app = app;
    e->sent->late_us = clock_mono_us() + (int64_t)ACKNOWLEDGE_S * US_PER_S;
    memcpy(e->sent->envelope, envelope_id.p, sizeof(e->sent->envelope));
    if (ws_post(hub->http, &e->task))
        return true;
    frame_unref(e->frame);
    free(e->sent);
    free(e);
    return false;
}

static void run_age(struct ws_task *t)
{
    struct socket_hub *hub = ((struct errand *)t)->hub;
    int64_t now_us = clock_now_us();

    free(t);
    arena_reset(hub->arena);
    lose_some(hub, NULL, clock_mono_us());
    for (struct socket *s = hub->sockets; s; s = s->next) {
        if (!s->warned && now_us >= s->ends_us - (int64_t)WARNING_S * US_PER_S) {
            s->warned = true;
            say_disconnect(s, S("warning"));
        }
        if (!s->ending && now_us >= s->ends_us)
            end_socket(s, S("refresh_requested"));
    }
}

void socket_hub_age(struct socket_hub *hub)
{
    struct errand *e;
    bool any;

    pthread_mutex_lock(&hub->lock);
    any = hub->sockets != NULL;
    pthread_mutex_unlock(&hub->lock);
    if (!any)
        return;
    e = allocate(sizeof(*e));
    e->task.run = run_age;
    e->hub = hub;
    if (!ws_post(hub->http, &e->task))
        free(e);
}

static void run_disable(struct ws_task *t)
{
    struct errand *e = (struct errand *)t;

    arena_reset(e->hub->arena);
    for (struct socket *s = e->hub->sockets; s; s = s->next)
        if (s->app == e->app && !s->ending)
            end_socket(s, S("link_disabled"));
    free(e);
}

static void disable(struct socket_hub *hub, int64_t app)
{
    struct errand *e = allocate(sizeof(*e));

    e->task.run = run_disable;
    e->hub = hub;
    e->app = app;
    if (!ws_post(hub->http, &e->task))
        free(e);
}

/* Apps without a manifest may connect too, so that off alone is no reason. */
void socket_hub_check(struct socket_hub *hub, enum socket_mode (*mode)(const void *ctx, int64_t app), const void *ctx)
{
    pthread_mutex_lock(&hub->lock);
    for (struct socket *s = hub->sockets; s; s = s->next) {
        enum socket_mode is = mode(ctx, s->app);
        if (!s->ending && (is == SOCKET_MODE_GONE || (is == SOCKET_MODE_OFF && s->was_on)))
            disable(hub, s->app);
        s->was_on = is == SOCKET_MODE_ON;
    }
    pthread_mutex_unlock(&hub->lock);
}

/* --- opening and closing -------------------------------------------------------------------------------------- */

struct socket_hub *socket_hub_new(void (*opened)(void *ctx, int64_t app), void *ctx)
{
    struct socket_hub *hub = allocate(sizeof(*hub));

    hub->opened = opened;
    hub->opened_ctx = ctx;
    hub->arena = arena_new(ARENA_BYTES);
    pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

void socket_hub_serve(struct socket_hub *hub, struct http_server *http)
{
    hub->http = http;
}

void socket_hub_free(struct socket_hub *hub)
{
    while (hub->sent) {
        struct sent *sent = hub->sent;
        hub->sent = sent->next;
        free(sent);
    }
    arena_free(hub->arena);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}
