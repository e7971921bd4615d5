/* Requests one after the other off one stream, taken whole and in small pieces: both see the same requests and the same
 * end, though not for the same fault: of two, one may be met earlier.  The first byte is the size of the pieces. */
#include <stdlib.h>

#include "net/http1.h"
#include "place.h"

enum { HEAD_BYTES = 2048, BODY_BYTES = 4096 };

static struct http_limits limits;

/* What one way of taking the stream saw: a line for each request and one for the end. */
struct sight {
    struct arena *arena; /* of the requests */
    struct buf lines;
};

static void see_request(struct sight *s, struct exchange *x)
{
    const struct http_request *r = &x->req;

    buf_printf(&s->lines, "%.*s %.*s ?%.*s %.*s %d %d %d %zu ", STR_FMT(r->method), STR_FMT(r->path), STR_FMT(r->query),
               STR_FMT(r->host), r->n_headers, r->n_parts, r->multipart_bad, r->body.n);
    buf_str(&s->lines, r->body);
    buf_char(&s->lines, '\n');
}

static struct exchange *fresh(struct sight *s)
{
    struct exchange *x = ARENA_NEW(s->arena, struct exchange);

    x->req.arena = s->arena;
    x->limits = &limits;
    x->place = place_in(s->arena, "/tmp");
    x->body_limit = BODY_BYTES;
    return x;
}

/* Takes one request off the bytes [*from, to); HTTP1_DONE, HTTP1_MORE, or a status.  *x is the request whose body is
 * awaited, NULL while the head is. */
static int take(struct sight *s, struct exchange **x, struct str bytes, size_t *line, size_t *used)
{
    size_t n = 0, body_n = 0;
    int status = HTTP1_DONE;

    *used = 0;
    if (!*x) {
        status = http1_find_head(bytes, HEAD_BYTES, line, &n);
        if (status != HTTP1_DONE)
            return status;
        *x = fresh(s);
        status = http1_head(*x, arena_dup(s->arena, str_head(bytes, n)));
        *used = n;
        if (status != HTTP1_DONE || !(*x)->req.has_body)
            return status;
        if ((*x)->content_length > BODY_BYTES)
            return 413;
        http1_body_begin(*x);
    }
    bytes = str_skip(bytes, n);
    if (bytes.n == 0)
        return HTTP1_MORE;
    status = http1_body(*x, bytes, &body_n);
    *used = n + body_n;
    return status == HTTP1_DONE && http1_body_end(*x) ? 500 : status;
}

static void drop(struct exchange *x)
{
    if (x && x->form)
        http1_body_end(x);
    if (x)
        multipart_close(x->req.parts, x->req.n_parts);
}

/* Serves what lies in window; HTTP1_MORE when it is used up, else the status that ended the stream. */
static int serve(struct sight *s, struct exchange **x, struct buf *window, size_t *line)
{
    for (;;) {
        size_t used;
        char *copy = malloc(window->n + 1); /* of exactly this size, so that a read past the end is seen */
        int status;

        if (window->n)
            memcpy(copy, window->p, window->n);
        status = take(s, x, str_of(copy, window->n), line, &used);
        free(copy);
        memmove(window->p, window->p + used, window->n - used);
        window->n -= used;
        if (status == HTTP1_DONE) {
            see_request(s, *x);
            drop(*x);
            *x = NULL;
            *line = 0;
        }
        if (status != HTTP1_DONE || window->n == 0)
            return status == HTTP1_DONE ? HTTP1_MORE : status;
    }
}

static struct sight look(struct str stream, size_t piece)
{
    struct sight s = {.arena = arena_new(4096), .lines = buf_heap(1 << 20)};
    struct buf window = buf_heap(1 << 20);
    struct exchange *x = NULL;
    size_t line = 0;
    int status = HTTP1_MORE;

    while (stream.n && status == HTTP1_MORE) {
        buf_str(&window, str_head(stream, piece));
        stream = str_skip(stream, piece);
        status = serve(&s, &x, &window, &line);
    }
    buf_str(&s.lines, status == HTTP1_MORE ? S("ended") : S("refused"));
    drop(x);
    buf_free(&window);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sight whole, pieces;
    struct str stream = str_of((const char *)data + 1, n - 1);

    limits = http_limits_default;
    limits.part_memory_bytes = 32;
    limits.headers_n = 16;
    if (n == 0)
        return 0;
    whole = look(stream, stream.n + 1);
    pieces = look(stream, (size_t)data[0] % 32 + 1);
    if (!str_eq(buf_view(&whole.lines), buf_view(&pieces.lines)))
        abort();
    buf_free(&whole.lines);
    buf_free(&pieces.lines);
    arena_free(whole.arena);
    arena_free(pieces.arena);
    return 0;
}
