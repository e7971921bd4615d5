/* The way out of a WebSocket: first the socket, then a queue of pointers. */
#include <stdlib.h>

#include "base/log.h"
#include "net/ws_loop.h"

void ws_end(struct ws *w)
{
    if (w->ended)
        return;
    w->ended = true;
    w->next_ended = w->loop->ended;
    w->loop->ended = w;
}

/* Bytes written, 0 when the socket takes none; a lost socket takes all. */
static size_t write_some(struct ws *w, const struct ws_frame *f, size_t from)
{
    ssize_t n = io_write(w->conn, str_of(f->bytes + from, f->n - from), S(""), false);

    if (n == IO_FAIL) {
        ws_die(w);
        return f->n - from;
    }
    return n == IO_WAIT ? 0 : (size_t)n;
}

static struct ws_out *enqueue(struct ws *w, struct ws_frame *f)
{
    struct ws_out *o = malloc(sizeof(*o));

    if (!o)
        abort();
    *o = (struct ws_out){.frame = frame_ref(f)};
    if (w->out_last)
        w->out_last->next = o;
    else
        w->out_first = o;
    w->out_last = o;
    w->out_bytes += f->n;
    return o;
}

static void drop_first(struct ws *w)
{
    struct ws_out *o = w->out_first;

    w->out_first = o->next;
    if (!w->out_first)
        w->out_last = NULL;
    w->out_bytes -= o->frame->n;
    w->out_sent = 0;
    if (w->pong == o)
        w->pong = NULL;
    frame_unref(o->frame);
    free(o);
}

void ws_drop_queue(struct ws *w)
{
    while (w->out_first)
        drop_first(w);
}

/* All but the frame that is half sent. */
static void drop_unsent(struct ws *w)
{
    struct ws_out *half = w->out_first;
    size_t sent = w->out_sent;

    w->out_first = half->next;
    while (w->out_first)
        drop_first(w);
    half->next = NULL;
    w->out_first = w->out_last = half;
    w->out_sent = sent;
    w->out_bytes = half->frame->n;
}

void ws_put(struct ws *w, struct ws_frame *f)
{
    size_t sent;

    if (w->dead || w->shut)
        return;
    if (w->out_first) {
        enqueue(w, f);
        return;
    }
    for (sent = 0; sent < f->n;) {
        size_t n = write_some(w, f, sent);

        sent += n;
        if (n == 0)
            break;
    }
    if (sent == f->n)
        return;
    enqueue(w, f);
    w->out_sent = sent;
    io_want_write(w->conn);
}

void ws_put_pong(struct ws *w, struct str payload)
{
    struct ws_frame *f = frame_new(WS_PONG, payload);

    if (w->pong) {
        w->out_bytes += f->n - w->pong->frame->n;
        frame_unref(w->pong->frame);
        w->pong->frame = f;
        return;
    }
    ws_put(w, f);
    if (w->out_first && w->out_first != w->out_last)
        w->pong = w->out_last;
    frame_unref(f);
}

void ws_flush(struct ws *w)
{
    while (w->out_first && !w->dead) {
        struct ws_frame *f = w->out_first->frame;
        size_t n;

        if (w->pong == w->out_first)
            w->pong = NULL; /* half sent it cannot be replaced */
        n = write_some(w, f, w->out_sent);
        if (n == 0)
            return;
        w->out_sent += n;
        if (w->out_sent >= f->n)
            drop_first(w);
    }
    if (!w->dead)
        io_want_no_write(w->conn);
}

void ws_send(struct ws *w, struct ws_frame *f)
{
    if (w->state != WS_OPEN)
        return;
    if (w->in.deflate)
        f = deflater_frame(w->loop->deflater, f);
    if (w->out_first && w->out_bytes + f->n > WS_QUEUE_BYTES) {
        log_info("websocket_slow", "queued_bytes=%zu", w->out_bytes);
        drop_unsent(w);
        ws_close(w, WS_TRY_LATER, S("messages were lost: reading too slowly"));
        return;
    }
    ws_put(w, f);
}
