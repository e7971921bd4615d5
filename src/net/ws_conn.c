/* One WebSocket, on the thread of all of them. */
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "net/ws_loop.h"

static void leave_list(struct ws *w)
{
    struct ws_list *list = w->list;

    if (!list)
        return;
    *(w->prev ? &w->prev->next : &list->first) = w->next;
    *(w->next ? &w->next->prev : &list->last) = w->prev;
    w->prev = w->next = NULL;
    w->list = NULL;
}

static void append(struct ws_list *list, struct ws *w, int64_t due_us)
{
    w->due_us = due_us;
    w->list = list;
    w->prev = list->last;
    *(w->prev ? &w->prev->next : &list->first) = w;
    list->last = w;
}

static int64_t ping_us(const struct ws_loop *l)
{
    return l->server->cfg.limits.ws_ping_ms * 1000LL;
}

void ws_die(struct ws *w)
{
    leave_list(w);
    w->dead = true;
    w->state = WS_LINGER;
    ws_end(w);
}

/* A peer that still has much to read gets the time for it. */
static int64_t closing_us(const struct ws *w)
{
    return w->out_first ? w->loop->server->cfg.limits.write_ms * 1000LL : LINGER_MS * 1000LL;
}

static void leave_open(struct ws *w, enum ws_state state)
{
    struct ws_loop *l = w->loop;

    if (w->state == WS_OPEN) {
        leave_list(w);
        append(&l->closing, w, l->now_us + closing_us(w));
    }
    w->state = state;
    ws_end(w);
}

static void put_close(struct ws *w, int code, struct str reason)
{
    struct ws_frame *f = frame_close(code, reason);

    ws_put(w, f);
    frame_unref(f);
}

void ws_close(struct ws *w, int code, struct str reason)
{
    if (w->state != WS_OPEN)
        return;
    leave_open(w, WS_CLOSING);
    put_close(w, code, reason);
}

/* The end of the stream follows the last frame. */
static void shut_if_sent(struct ws *w)
{
    if (w->state != WS_LINGER || w->out_first || w->shut || w->dead)
        return;
    w->shut = true;
    io_shut_write(w->conn);
}

/* Both sides have said that they close, or the peer broke a rule and is not listened to any more. */
static void last_word(struct ws *w, int code, struct str reason)
{
    bool said = w->state == WS_CLOSING;

    leave_open(w, WS_LINGER);
    if (!said)
        put_close(w, code, reason);
    shut_if_sent(w);
}

static void take_step(struct ws *w, enum frame_step step)
{
    struct frame_reader *r = &w->in;

    if (step == FRAME_BROKEN)
        last_word(w, r->code, S(""));
    else if (step == FRAME_CLOSE)
        last_word(w, r->code, S(""));
    else if (step == FRAME_PING && w->state == WS_OPEN)
        ws_put_pong(w, r->payload);
    else if (step == FRAME_MESSAGE && w->state == WS_OPEN)
        w->handler->message(w, w->user, r->kind, r->payload);
}

static void take_bytes(struct ws *w, char *bytes, size_t n)
{
    w->heard = true;
    while (n > 0 && w->state != WS_LINGER) {
        size_t used;
        enum frame_step step = frame_read(&w->in, bytes, n, &used);

        take_step(w, step);
        bytes += used;
        n -= used;
    }
}

/* One buffer full: the socket says again that there is more, so that others get their turn.  OpenSSL does not. */
static void read_some(struct ws *w)
{
    struct http_conn *c = w->conn;

    do {
        ssize_t n = io_read(c, w->loop->in, WORKER_READ_BYTES);

        if (n == IO_WAIT)
            return;
        if (n <= 0) {
            ws_die(w);
            return;
        }
        take_bytes(w, w->loop->in, (size_t)n);
    } while (!w->dead && c->tls && SSL_pending(c->tls));
}

static void flush(struct ws *w)
{
    ws_flush(w);
    if (w->state != WS_OPEN && !w->dead && !w->out_first)
        w->due_us = w->loop->now_us + LINGER_MS * 1000LL;
}

void ws_event(struct ws *w, uint32_t events)
{
    if (w->dead)
        return;
    if (events & EPOLLOUT)
        flush(w);
    if (!w->dead && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_some(w);
    shut_if_sent(w);
}

void ws_begin(struct ws *w)
{
    struct http_conn *c = w->conn;
    struct ws_loop *l = w->loop;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = w};
    bool too_late = atomic_load(&l->server->stopping); /* who comes before that is closed with all the others */
    char *tail = c->tail;
    size_t n = c->tail_n;

    c->tail = NULL;
    c->tail_n = 0;
    c->epoll = l->epoll;
    c->watch = EPOLLIN;
    c->watcher = w;
    c->out_armed = false;
    append(&l->pinged, w, l->now_us + ping_us(l));
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0)
        ws_die(w);
    w->handler->open(w, w->user);
    if (too_late)
        ws_close(w, WS_GOING_AWAY, S(""));
    take_bytes(w, tail, n);
    free(tail);
    if (c->tls && !w->dead)
        read_some(w); /* what OpenSSL holds causes no event */
}

/* Who has said nothing since the last ping, not even its answer, is gone. */
static void ping(struct ws *w)
{
    struct ws_loop *l = w->loop;
    struct ws_frame *f;

    if (w->pinged && !w->heard) {
        ws_die(w);
        return;
    }
    leave_list(w);
    append(&l->pinged, w, l->now_us + ping_us(l));
    w->pinged = true;
    w->heard = false;
    f = frame_new(WS_PING, S(""));
    ws_put(w, f);
    frame_unref(f);
}

void ws_due(struct ws_loop *l)
{
    while (l->pinged.first && l->pinged.first->due_us <= l->now_us)
        ping(l->pinged.first);
    for (struct ws *w = l->closing.first, *next; w; w = next) {
        next = w->next;
        if (w->due_us <= l->now_us)
            ws_die(w);
    }
}

static void bury(struct ws *w)
{
    struct http_conn *c = w->conn;
    bool unread = w->out_first != NULL; /* leave nothing of it with the kernel */

    epoll_ctl(w->loop->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    ws_drop_queue(w);
    frame_reader_end(&w->in);
    if (!unread && !w->shut)
        tls_bye(c);
    slot_close(c, unread);
    free(w);
}

void ws_see_to_ended(struct ws_loop *l)
{
    while (l->ended) {
        struct ws *w = l->ended;

        l->ended = w->next_ended;
        w->ended = false;
        if (!w->told)
            w->handler->closed(w, w->user);
        w->told = true;
        if (w->dead)
            bury(w);
    }
}

void ws_close_each(struct ws_loop *l, int code)
{
    while (l->pinged.first)
        ws_close(l->pinged.first, code, S(""));
}

void ws_die_each(struct ws_loop *l)
{
    while (l->pinged.first)
        ws_die(l->pinged.first);
    while (l->closing.first)
        ws_die(l->closing.first);
}

int64_t ws_now_us(const struct ws *w)
{
    return w->loop->now_us;
}
