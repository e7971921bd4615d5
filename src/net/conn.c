/* What a connection does in its turn: handshake, read, hand requests to the handler, reply, close. */
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "net/server.h"

enum {
    READS_PER_TURN = 16, /* of a fast sender, before others get their turn */
    BODY_LIMIT_DEFAULT = 1 << 20,
    BODY_BYTES_PER_S = 1024 /* what a body must bring on average, beyond limits.body_ms */
};

static enum turn close_now(struct worker *w, struct http_conn *c)
{
    bool abort = c->phase == PHASE_WRITE; /* the peer does not read: leave nothing of it with the kernel */

    exchange_end(w, c);
    if (!abort)
        tls_bye(c);
    slot_close(c, abort);
    return TURN_GONE;
}

/* Reads and drops what still comes, so that the kernel does not answer it with a reset that would overtake
 * our reply. */
static enum turn turn_linger(struct worker *w, struct http_conn *c)
{
    for (int i = 0; i < READS_PER_TURN; i++) {
        ssize_t n = io_read(c, w->in, w->in_bytes);

        if (n == IO_WAIT || (n == 0 && c->cut && !deadline_passed(c, clock_mono_us())))
            return TURN_RELEASE;
        if (n <= 0)
            return close_now(w, c);
    }
    return TURN_AGAIN;
}

static enum turn linger(struct worker *w, struct http_conn *c)
{
    exchange_end(w, c);
    c->phase = PHASE_LINGER;
    deadline_set(c, DEADLINE_WRITE, clock_mono_us() + LINGER_MS * 1000);
    io_shut_write(c);
    return turn_linger(w, c);
}

/* The reply is a few hundred bytes on a socket with nothing else to send: one attempt is enough. */
static enum turn refuse(struct worker *w, struct http_conn *c, int status)
{
    struct str reply = reply_refusal(w, status);

    if (io_write(c, reply, S(""), false) == IO_FAIL)
        return close_now(w, c);
    return linger(w, c);
}

/* Bytes of the connection that are read and not parsed: in the worker's buffer during a turn, in c->tail
 * otherwise. */

static struct str window(const struct worker *w)
{
    return str_of(w->in + w->from, w->to - w->from);
}

static void drop_tail(struct http_conn *c)
{
    free(c->tail);
    c->tail = NULL;
    c->tail_n = 0;
}

static void load_tail(struct worker *w, struct http_conn *c)
{
    w->from = 0;
    w->to = c->tail_n;
    if (c->tail_n)
        memcpy(w->in, c->tail, c->tail_n);
    drop_tail(c);
}

static void save_tail(const struct worker *w, struct http_conn *c)
{
    struct str rest = window(w);

    if (rest.n == 0)
        return;
    c->tail = malloc(rest.n);
    if (!c->tail)
        abort();
    memcpy(c->tail, rest.p, rest.n);
    c->tail_n = rest.n;
}

/* The reply has left. */
static enum turn replied(struct worker *w, struct http_conn *c)
{
    bool cut = c->x->req.body_cut;

    if (c->x->req.reply.upgrade) {
        ws_loop_adopt(w, c);
        return TURN_GONE;
    }
    exchange_end(w, c);
    if (c->closing && (cut || c->tail_n))
        return linger(w, c);
    if (c->closing)
        return close_now(w, c);
    c->phase = PHASE_HEAD;
    c->line = 0;
    c->crlf_taken = false;
    deadline_set(c, DEADLINE_IDLE, clock_mono_us() + c->server->cfg.limits.idle_ms * 1000LL);
    return TURN_NEXT;
}

static size_t unsent(const struct out *out)
{
    return out->head.n + out->body.n + (size_t)out->file_bytes;
}

static enum turn turn_write(struct worker *w, struct http_conn *c)
{
    size_t before = unsent(&c->x->out);
    enum sent sent = send_out(w, c);

    if (sent == SENT_ALL)
        return replied(w, c);
    if (sent == SENT_FAIL)
        return close_now(w, c);
    if (c->phase != PHASE_WRITE || unsent(&c->x->out) < before)
        deadline_set(c, DEADLINE_WRITE, clock_mono_us() + c->server->cfg.limits.write_ms * 1000LL);
    c->phase = PHASE_WRITE;
    return sent == SENT_WAIT ? TURN_RELEASE : TURN_AGAIN;
}

static enum turn answer(struct worker *w, struct http_conn *c)
{
    struct exchange *x = c->x;

    c->closing = !x->req.reply.upgrade &&
                 (!x->keep_alive || x->req.reply.close || x->req.body_cut || atomic_load(&c->server->stopping));
    reply_compose(w, x, c->closing);
    return turn_write(w, c);
}

/* The request is whole, or as much of it as will come.  What was read behind it must be put away first: after
 * HTTP_LATER the connection may be another worker's before the handler has returned. */
static enum turn dispatch(struct worker *w, struct http_conn *c)
{
    struct http_server *s = w->server;
    enum turn turn;
    int status = http1_body_end(c->x);

    if (status)
        return refuse(w, c, status);
    save_tail(w, c);
    c->phase = PHASE_HANDLER;
    deadline_set(c, DEADLINE_NONE, 0);
    c->x->req.worker = w->index; /* not who read its first bytes: each worker has a database connection of its own */
    if (s->cfg.handler(s->cfg.ctx, &c->x->req) == HTTP_LATER)
        return TURN_GONE;
    turn = answer(w, c);
    if (turn == TURN_NEXT)
        drop_tail(c); /* still in the worker's buffer */
    return turn;
}

/* A head has been found: parses it and decides about the body.  0, or a status. */
static int begin(struct worker *w, struct http_conn *c, struct str head)
{
    struct http_server *s = w->server;
    struct exchange *x = exchange_new(w, c);
    int status = http1_head(x, arena_dup(x->req.arena, head));

    if (status != HTTP1_DONE)
        return status;
    proxy_apply(c, &x->req);
    x->req.worker = w->index; /* body_limit may ask this worker's database */
    if (!x->req.has_body)
        return 0;
    x->body_limit = s->cfg.body_limit ? s->cfg.body_limit(s->cfg.ctx, &x->req) : BODY_LIMIT_DEFAULT;
    if (x->content_length > x->body_limit)
        return 413;
    http1_body_begin(x);
    c->phase = PHASE_BODY;
    c->body_since_us = clock_mono_us();
    return 0;
}

/* Who waits for leave to send the body gets it, unless the body has begun to come. */
static int invite(const struct worker *w, struct http_conn *c)
{
    if (!c->x->expect_continue || w->from < w->to)
        return 0;
    return io_write(c, S("HTTP/1.1 100 Continue\r\n\r\n"), S(""), false) < 0 ? -1 : 0;
}

enum parsed { PARSED_MORE, PARSED_REQUEST, PARSED_GONE };

static enum parsed parse_head(struct worker *w, struct http_conn *c, enum turn *turn)
{
    size_t n;
    int status;

    if (!c->crlf_taken && str_starts(window(w), S("\r\n"))) {
        w->from += 2; /* RFC 9112, section 2.2: some clients end a body so */
        c->crlf_taken = true;
    }
    if (!c->crlf_taken && str_eq(window(w), S("\r")))
        return PARSED_MORE;
    status = http1_find_head(window(w), (size_t)w->server->cfg.limits.head_bytes, &c->line, &n);
    if (status == HTTP1_MORE)
        return PARSED_MORE;
    if (status == HTTP1_DONE) {
        status = begin(w, c, str_of(w->in + w->from, n));
        w->from += n;
    }
    if (status == 0 && c->phase == PHASE_BODY && invite(w, c) < 0) {
        *turn = close_now(w, c);
        return PARSED_GONE;
    }
    if (status == 0)
        return PARSED_REQUEST;
    *turn = refuse(w, c, status);
    return PARSED_GONE;
}

static enum parsed parse_body(struct worker *w, struct http_conn *c, enum turn *turn)
{
    size_t used = 0;
    int status = http1_body(c->x, window(w), &used);

    w->from += used;
    if (status == HTTP1_MORE)
        return PARSED_MORE;
    if (status == HTTP1_DONE)
        return PARSED_REQUEST;
    *turn = refuse(w, c, status);
    return PARSED_GONE;
}

/* Serves the requests in the worker's buffer.  TURN_NEXT: more bytes are needed. */
static enum turn serve(struct worker *w, struct http_conn *c)
{
    enum turn turn = TURN_NEXT;

    while (w->from < w->to) {
        enum parsed parsed = PARSED_REQUEST;

        if (c->phase == PHASE_HEAD)
            parsed = parse_head(w, c, &turn);
        if (parsed == PARSED_REQUEST && c->phase == PHASE_BODY)
            parsed = w->from < w->to ? parse_body(w, c, &turn) : PARSED_MORE;
        if (parsed == PARSED_REQUEST)
            turn = dispatch(w, c);
        if (parsed == PARSED_MORE || turn != TURN_NEXT || parsed == PARSED_GONE)
            break;
    }
    return turn;
}

/* No more input will be taken: the peer ended it, or a deadline did. */
static enum turn input_ended(struct worker *w, struct http_conn *c)
{
    c->cut = deadline_passed(c, clock_mono_us());
    if (c->phase == PHASE_BODY) {
        c->x->req.body_cut = true;
        w->from = w->to;
        return dispatch(w, c);
    }
    if (w->from < w->to && c->cut)
        return refuse(w, c, 408);
    return close_now(w, c);
}

/* Nothing more to read for now: puts away what there is and sees to the deadline. */
static enum turn park(struct worker *w, struct http_conn *c)
{
    const struct http_limits *l = &w->server->cfg.limits;
    bool idle = c->phase == PHASE_HEAD && w->from == w->to;
    int64_t now_us;

    if (idle && deadline_kind(c) == DEADLINE_IDLE)
        return TURN_RELEASE;
    now_us = clock_mono_us();
    if (c->phase == PHASE_BODY)
        deadline_set(c, DEADLINE_READ,
                     c->body_since_us + l->body_ms * 1000LL + c->x->body_bytes * US_PER_S / BODY_BYTES_PER_S);
    else if (deadline_kind(c) == DEADLINE_IDLE)
        deadline_set(c, DEADLINE_READ, now_us + l->head_ms * 1000LL);
    if (deadline_passed(c, now_us))
        return input_ended(w, c);
    save_tail(w, c);
    return TURN_RELEASE;
}

/* Makes room behind the unparsed bytes and reads.  As io_read. */
static ssize_t fill(struct worker *w, struct http_conn *c)
{
    size_t room;
    ssize_t n;

    if (w->from) {
        memmove(w->in, w->in + w->from, w->to - w->from);
        w->to -= w->from;
        w->from = 0;
    }
    room = w->in_bytes - w->to;
    n = io_read(c, w->in + w->to, room);
    /* After a short read the kernel has no more, and will tell of what comes.  TLS keeps bytes of its own,
     * and an end of input that was told together with these bytes is not told again. */
    c->drained = n == IO_WAIT || (n > 0 && (size_t)n < room && !c->tls && !c->careful);
    if (n == IO_WAIT)
        c->careful = false;
    if (n > 0)
        w->to += (size_t)n;
    return n;
}

static enum turn turn_read(struct worker *w, struct http_conn *c)
{
    load_tail(w, c);
    for (int reads = 0;; reads++) {
        enum turn turn = serve(w, c);
        ssize_t n;

        if (turn != TURN_NEXT)
            return turn;
        if (c->drained)
            return park(w, c);
        if (reads == READS_PER_TURN) {
            save_tail(w, c);
            return TURN_AGAIN;
        }
        n = fill(w, c);
        if (n == IO_WAIT)
            return park(w, c);
        if (n == IO_FAIL)
            return close_now(w, c);
        if (n == 0)
            return input_ended(w, c);
    }
}

static enum turn take_turn(struct worker *w, struct http_conn *c)
{
    enum turn turn = TURN_NEXT;
    int shaken;

    if (c->phase == PHASE_LINGER)
        return turn_linger(w, c);
    if (c->phase == PHASE_WRITE)
        turn = turn_write(w, c);
    if (c->phase == PHASE_HANDSHAKE) {
        shaken = tls_handshake(c);
        if (shaken < 0)
            return close_now(w, c);
        if (shaken == 0)
            return TURN_RELEASE;
        c->phase = PHASE_HEAD;
    }
    return turn == TURN_NEXT ? turn_read(w, c) : turn;
}

/* True when nobody left a note meanwhile; then the connection is not ours any more. */
static bool let_go(struct http_conn *c)
{
    int held = CLAIM_HELD;

    if (atomic_compare_exchange_strong_explicit(&c->claim, &held, CLAIM_FREE, memory_order_acq_rel,
                                                memory_order_relaxed))
        return true;
    atomic_store_explicit(&c->claim, CLAIM_HELD, memory_order_relaxed);
    c->careful = true; /* what the event said is lost */
    c->drained = false;
    return false;
}

void conn_release(struct worker *w, struct http_conn *c)
{
    if (!let_go(c))
        worker_ready(w, c);
}

void conn_run(struct worker *w, struct http_conn *c)
{
    enum turn turn = take_turn(w, c);

    if (turn == TURN_RELEASE)
        conn_release(w, c);
    else if (turn == TURN_AGAIN)
        worker_ready(w, c);
}

/* True when the connection was free and is held by the caller now; otherwise its holder will see a note. */
static bool claim(struct http_conn *c)
{
    int seen = CLAIM_FREE;

    while (!atomic_compare_exchange_weak_explicit(&c->claim, &seen, seen == CLAIM_FREE ? CLAIM_HELD : CLAIM_AGAIN,
                                                  memory_order_acq_rel, memory_order_relaxed))
        ;
    return seen == CLAIM_FREE;
}

void conn_event(struct worker *w, struct http_conn *c, uint32_t events)
{
    if (!claim(c))
        return;
    c->drained = false;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        c->careful = true;
    conn_run(w, c);
}

void conn_answered(struct worker *w, struct http_conn *c)
{
    enum turn turn = answer(w, c);

    if (turn == TURN_AGAIN || (turn == TURN_NEXT && (c->tail_n || !c->drained)))
        worker_ready(w, c); /* not now: other replies wait behind this one */
    else if (turn != TURN_GONE)
        conn_release(w, c);
}
