#include <errno.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "net/server.h"

enum {
    SHARE_BYTES = 1 << 20, /* of a file, before others get their turn */
    FILE_PIECE_BYTES = 65536
};

/* Sends head and body as far as the socket takes them. */
static ssize_t send_memory(struct http_conn *c, struct out *out)
{
    ssize_t n = 0;

    while (out->head.n || out->body.n) {
        size_t head_n;

        n = io_write(c, out->head, out->body, out->file_bytes > 0);
        if (n < 0)
            return n;
        head_n = (size_t)n < out->head.n ? (size_t)n : out->head.n;
        out->head = str_skip(out->head, head_n);
        out->body = str_skip(out->body, (size_t)n - head_n);
    }
    return n;
}

/* The next piece of a file through TLS.  A write that has to be repeated reads the same bytes again. */
static ssize_t send_piece(struct worker *w, struct http_conn *c, struct out *out)
{
    size_t want = out->file_bytes < FILE_PIECE_BYTES ? (size_t)out->file_bytes : FILE_PIECE_BYTES;
    ssize_t n = pread(out->file_fd, w->out, want, out->file_offset);

    if (n <= 0)
        return IO_FAIL; /* shorter than was announced */
    return io_write(c, str_of(w->out, (size_t)n), S(""), false);
}

static ssize_t send_plain(struct http_conn *c, struct out *out)
{
    size_t want = out->file_bytes < SHARE_BYTES ? (size_t)out->file_bytes : SHARE_BYTES;
    off_t offset = out->file_offset;
    ssize_t n = sendfile(c->fd, out->file_fd, &offset, want);

    if (n > 0)
        return n;
    return n < 0 && errno == EAGAIN ? IO_WAIT : IO_FAIL;
}

static ssize_t send_file(struct worker *w, struct http_conn *c, struct out *out)
{
    int64_t share = SHARE_BYTES;
    ssize_t n = 0;

    while (out->file_bytes > 0 && share > 0) {
        n = c->tls ? send_piece(w, c, out) : send_plain(c, out);
        if (n < 0)
            return n;
        out->file_offset += n;
        out->file_bytes -= n;
        share -= n;
    }
    return n;
}

static int64_t left(const struct out *out)
{
    return (int64_t)(out->head.n + out->body.n) + out->file_bytes;
}

enum sent send_out(struct worker *w, struct http_conn *c)
{
    struct exchange *x = c->x;
    ssize_t n = send_memory(c, &x->out);

    if (n >= 0)
        n = send_file(w, c, &x->out);
    if (left(&x->out) == 0)
        return SENT_ALL;
    if (n == IO_FAIL)
        return SENT_FAIL;
    /* The worker's buffer serves other connections meanwhile. */
    if (x->out.head.n && x->out.head.p >= w->out && x->out.head.p < w->out + WORKER_OUT_BYTES)
        x->out.head = arena_dup(x->req.arena, x->out.head);
    if (n == IO_WAIT)
        io_want_write(c);
    return n == IO_WAIT ? SENT_WAIT : SENT_SHARE;
}
