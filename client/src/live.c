/* RTM and Socket Mode: one connection after the other behind one descriptor. */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <taut/methods.h>

#include "event.h"
#include "socket.h"

enum {
    PING_MS = 30000,      /* of silence; as much again without an answer ends the connection */
    AGAIN_MS = 1000,      /* before the second try to connect; twice as long before each further one */
    AGAIN_MAX_MS = 30000, /* but no longer than this */
    SHORT_MS = 5000,      /* a connection that did not last this long is not made anew at once */
    FRAME_MAX_BYTES = 1 << 20
};

struct taut_live {
    struct taut *t;
    bool socket_mode, gap, pinged;
    struct socket *socket; /* NULL between two connections */
    bool waits_to_write;   /* the epoll set knows that the socket has bytes to send */
    int epoll, timer;
    int tries;
    int64_t try_ms;             /* when to connect */
    int64_t since_ms, heard_ms; /* when it was connected, and when the server was last heard */
    int64_t said;
    struct live_event event;
};

/* --- the descriptor -------------------------------------------------------------------------------------------- */

/* The descriptor becomes readable then; 0: at once; -1: not by itself. */
static void wake_at(struct taut_live *l, int64_t at_ms)
{
    int64_t left = at_ms < 0 ? 0 : at_ms - now_ms();
    struct itimerspec when = {.it_value = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000}};

    if (at_ms >= 0 && left <= 0)
        when.it_value = (struct timespec){.tv_nsec = 1};
    timerfd_settime(l->timer, 0, &when, NULL);
}

static bool watch_socket(struct taut_live *l, int operation)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | (l->waits_to_write ? EPOLLOUT : 0)};

    return epoll_ctl(l->epoll, operation, socket_fd(l->socket), &ev) == 0;
}

/* --- connections ----------------------------------------------------------------------------------------------- */

static void drop(struct taut_live *l)
{
    if (!l->socket)
        return;
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, socket_fd(l->socket), NULL);
    socket_free(l->socket);
    l->socket = NULL;
    l->gap = true;
    /* A server that takes connections and ends them is not asked without a pause. */
    l->try_ms = now_ms() + (now_ms() - l->since_ms < SHORT_MS ? AGAIN_MS : 0);
}

static enum taut_error open_rtm(struct taut *t, struct socket **s)
{
    struct taut_rtm_connect_reply *r;
    enum taut_error e = taut_rtm_connect(t, NULL, &r);

    if (!e)
        e = socket_open(t, r->url, s);
    taut_reply_free(r);
    return e;
}

/* The address is the app's to ask for, with its own token. */
static enum taut_error open_socket_mode(struct taut *t, struct socket **s)
{
    struct taut_apps_connections_open_reply *r;
    const char *token = t->token;
    enum taut_error e;

    t->token = t->app_token;
    e = taut_apps_connections_open(t, NULL, &r);
    t->token = token;
    if (!e)
        e = socket_open(t, r->url, s);
    taut_reply_free(r);
    return e;
}

static enum taut_error connect_once(struct taut_live *l)
{
    enum taut_error e = l->socket_mode ? open_socket_mode(l->t, &l->socket) : open_rtm(l->t, &l->socket);

    if (e)
        return e;
    l->waits_to_write = l->pinged = false;
    l->since_ms = l->heard_ms = now_ms();
    if (watch_socket(l, EPOLL_CTL_ADD))
        return TAUT_OK;
    socket_free(l->socket);
    l->socket = NULL;
    return failure(l->t, TAUT_LOCAL_IO, "The socket cannot be watched.");
}

/* Another try may go well. */
static bool passes(enum taut_error e)
{
    return e == TAUT_UNREACHABLE || e == TAUT_TIMED_OUT || e == TAUT_BAD_REPLY || e == TAUT_ERR_RATELIMITED ||
           e == TAUT_ERR_INTERNAL_ERROR || e == TAUT_ERR_SERVICE_UNAVAILABLE;
}

static enum taut_error connect_again(struct taut_live *l)
{
    int64_t wait = AGAIN_MS << (l->tries > 5 ? 5 : l->tries);
    enum taut_error e = connect_once(l);

    if (!e)
        return TAUT_OK;
    l->tries++;
    if (wait > AGAIN_MAX_MS)
        wait = AGAIN_MAX_MS;
    wait -= wait / 4 * (now_ms() % 101) / 100; /* so that many clients do not come at once */
    l->try_ms = now_ms() + wait;
    return passes(e) ? TAUT_OK : e;
}

/* --- what comes ------------------------------------------------------------------------------------------------ */

/* A frame of the server; true: it is an event for the program. */
static bool take_frame(struct taut_live *l, struct str frame)
{
    struct taut_event *e = &l->event.event;

    if (!event_read(&l->event, frame))
        return false;
    if (strcmp(e->type, "goodbye") == 0 || (l->socket_mode && strcmp(e->type, "disconnect") == 0)) {
        socket_leave(l->socket); /* which has acknowledgements to take */
        drop(l);
        return false;
    }
    if (strcmp(e->type, "hello") == 0) {
        e->after_gap = l->gap;
        l->gap = false;
        l->tries = 0;
    }
    return true;
}

/* True: l->event is one for the program. */
static bool read_events(struct taut_live *l)
{
    struct str frame;

    while (l->socket) {
        enum socket_step step = socket_read(l->socket, &frame);
        if (step == SOCKET_NOTHING)
            return false;
        if (step == SOCKET_CLOSED) {
            drop(l);
            return false;
        }
        l->heard_ms = now_ms();
        l->pinged = false;
        if (step == SOCKET_MESSAGE && take_frame(l, frame))
            return true;
    }
    return false;
}

/* Sends what waits, and asks a silent server whether it is there. */
static void keep_alive(struct taut_live *l)
{
    int64_t silent = now_ms() - l->heard_ms;
    bool ok = socket_flush(l->socket);

    if (ok && silent >= PING_MS && !l->pinged) {
        l->pinged = true;
        ok = socket_send(l->socket, WS_PING, S(""));
    }
    if (!ok || silent >= 2 * PING_MS) {
        drop(l);
        return;
    }
    if (l->waits_to_write != socket_is_full(l->socket)) {
        l->waits_to_write = !l->waits_to_write;
        watch_socket(l, EPOLL_CTL_MOD);
    }
}

static int64_t next_work_ms(const struct taut_live *l)
{
    if (!l->socket)
        return l->try_ms;
    return l->heard_ms + (l->pinged ? 2 * PING_MS : PING_MS);
}

/* Until something is to be done, or the time is over. */
static void wait_for_work(struct taut_live *l, int64_t until_ms)
{
    struct pollfd p = {.fd = l->epoll, .events = POLLIN};
    int64_t left;

    wake_at(l, next_work_ms(l));
    left = until_ms < 0 ? -1 : until_ms - now_ms();
    if (until_ms < 0 || left > 0)
        poll(&p, 1, left > 3600000 ? 3600000 : (int)left);
}

/* The envelope at hand, unless it has been answered. */
static void acknowledge(struct taut_live *l)
{
    if (l->event.envelope_id.n && l->socket)
        taut_live_answer(l, NULL);
    l->event.envelope_id = S("");
}

enum taut_error taut_live_next(struct taut_live *l, int timeout_ms, const struct taut_event **event)
{
    int64_t until_ms = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    enum taut_error e;

    *event = NULL;
    failure_clear(l->t);
    acknowledge(l);
    for (;;) {
        e = !l->socket && now_ms() >= l->try_ms ? connect_again(l) : TAUT_OK;
        if (e)
            return e;
        if (read_events(l)) {
            wake_at(l, 0); /* there may be more that has been read already */
            *event = &l->event.event;
            return TAUT_OK;
        }
        if (l->event.arena && arena_failed(l->event.arena))
            return no_memory(l->t);
        if (l->socket)
            keep_alive(l);
        wait_for_work(l, until_ms);
        if (until_ms >= 0 && now_ms() >= until_ms)
            return TAUT_OK;
    }
}

/* --- what goes ------------------------------------------------------------------------------------------------- */

static enum taut_error send_text(struct taut_live *l, struct str text)
{
    if (!l->socket)
        return failure(l->t, TAUT_UNREACHABLE, "There is no connection at the moment.");
    if (!socket_send(l->socket, WS_TEXT, text)) {
        drop(l);
        return failure(l->t, TAUT_UNREACHABLE, "The connection broke.");
    }
    keep_alive(l);
    return TAUT_OK;
}

enum taut_error taut_live_send(struct taut_live *l, const char *json)
{
    failure_clear(l->t);
    return send_text(l, str_c(json));
}

/* Sends what was written, unless there was no room for it. */
static enum taut_error send_written(struct taut_live *l, struct buf *b)
{
    enum taut_error e = b->over ? no_memory(l->t) : send_text(l, buf_view(b));

    buf_free(b);
    return e;
}

enum taut_error taut_live_answer(struct taut_live *l, const char *payload)
{
    struct buf b = buf_from(&l->t->memory, FRAME_MAX_BYTES);
    struct json_out o = {.b = &b};

    failure_clear(l->t);
    if (!l->event.envelope_id.n)
        return failure(l->t, TAUT_BAD_ARGUMENT, "There is no envelope to answer, or it has been answered.");
    json_open(&o, S(""), '{');
    json_str(&o, S("envelope_id"), l->event.envelope_id);
    if (payload)
        json_text(&o, S("payload"), str_c(payload));
    json_close(&o, '}');
    l->event.envelope_id = S("");
    return send_written(l, &b);
}

enum taut_error taut_live_say(struct taut_live *l, const char *channel, const char *text, const char *thread_ts,
                              int64_t *id)
{
    struct buf b = buf_from(&l->t->memory, FRAME_MAX_BYTES);
    struct json_out o = {.b = &b};

    failure_clear(l->t);
    json_open(&o, S(""), '{');
    json_int(&o, S("id"), ++l->said);
    json_str(&o, S("type"), S("message"));
    json_str(&o, S("channel"), str_c(channel));
    json_str(&o, S("text"), str_c(text));
    if (thread_ts)
        json_str(&o, S("thread_ts"), str_c(thread_ts));
    json_close(&o, '}');
    if (id)
        *id = l->said;
    return send_written(l, &b);
}

/* --- open and close --------------------------------------------------------------------------------------------- */

int taut_live_fd(const struct taut_live *l)
{
    return l->epoll;
}

static enum taut_error make_set(struct taut_live *l)
{
    struct epoll_event ev = {.events = EPOLLIN};

    l->event.arena = arena_new_from(&l->t->memory, 1 << 14);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (!l->event.arena)
        return no_memory(l->t);
    if (l->epoll < 0 || l->timer < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->timer, &ev) != 0)
        return failure(l->t, TAUT_LOCAL_IO, "No descriptor can be made: %s.", strerror(errno));
    return TAUT_OK;
}

static enum taut_error live_open(struct taut *t, bool socket_mode, struct taut_live **live)
{
    struct taut_live *l = t->memory.resize(t->memory.context, NULL, sizeof(*l));
    enum taut_error e;

    failure_clear(t);
    *live = NULL;
    if (!l)
        return no_memory(t);
    *l = (struct taut_live){.t = t, .socket_mode = socket_mode, .epoll = -1, .timer = -1};
    e = make_set(l);
    if (!e)
        e = connect_once(l);
    if (e)
        taut_live_close(l);
    else
        *live = l;
    return e;
}

enum taut_error taut_live_rtm(struct taut *t, struct taut_live **live)
{
    return live_open(t, false, live);
}

enum taut_error taut_live_socket_mode(struct taut *t, struct taut_live **live)
{
    return live_open(t, true, live);
}

void taut_live_close(struct taut_live *l)
{
    if (!l)
        return;
    acknowledge(l);
    if (l->socket)
        socket_leave(l->socket);
    drop(l);
    if (l->epoll >= 0)
        close(l->epoll);
    if (l->timer >= 0)
        close(l->timer);
    arena_free(l->event.arena);
    l->t->memory.resize(l->t->memory.context, l, 0);
}
