#include <unistd.h>

#include "net/server.h"

enum {
    GZIP_FROM_BYTES = 1024, /* shorter bodies are not worth it */
    HEAD_FIXED_BYTES = 512  /* what a reply head takes besides its content type and further headers */
};

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

static struct str reason_of(int status)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status)
            return str_c(reasons[i].reason);
    }
    return S("Status");
}

static char *put(char *p, struct str s)
{
    if (s.n)
        memcpy(p, s.p, s.n);
    return p + s.n;
}

static char *put_number(char *p, int64_t v)
{
    char digits[20];
    int n = 0;

    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    while (n)
        *p++ = digits[--n];
    return p;
}

struct head {
    int status;
    struct str date, content_type, headers;
    int64_t length; /* -1: none is stated */
    bool gzip, varies, close, keep_alive_stated;
};

/* Writes the head to p, which has room for it. */
static char *put_head(char *p, const struct head *h)
{
    p = put(p, S("HTTP/1.1 "));
    p = put_number(p, h->status);
    *p++ = ' ';
    p = put(p, reason_of(h->status));
    p = put(p, S("\r\nDate: "));
    p = put(p, h->date);
    if (h->content_type.n) {
        p = put(p, S("\r\nContent-Type: "));
        p = put(p, h->content_type);
    }
    if (h->length >= 0) {
        p = put(p, S("\r\nContent-Length: "));
        p = put_number(p, h->length);
    }
    if (h->gzip)
        p = put(p, S("\r\nContent-Encoding: gzip"));
    if (h->varies)
        p = put(p, S("\r\nVary: Accept-Encoding"));
    if (h->close)
        p = put(p, S("\r\nConnection: close"));
    else if (h->keep_alive_stated)
        p = put(p, S("\r\nConnection: keep-alive"));
    p = put(p, S("\r\n"));
    p = put(p, h->headers);
    return put(p, S("\r\n"));
}

/* A handler that set no status, or one that cannot end a request, has a fault. */
static void mend(struct http_reply *r)
{
    if ((r->status >= 200 && r->status <= 599) || r->upgrade)
        return;
    r->status = 500;
    r->content_type = S("text/plain");
    r->headers = S("");
    r->body = S("Internal Server Error\n");
    if (r->file_fd >= 0)
        close(r->file_fd);
    r->file_fd = -1;
}

/* Where the head goes: the worker's buffer unless it is too long for it. */
static char *room_for(struct worker *w, struct exchange *x)
{
    size_t need = HEAD_FIXED_BYTES + x->req.reply.content_type.n + x->req.reply.headers.n;

    return need <= WORKER_OUT_BYTES ? w->out : arena_bytes(x->req.arena, need);
}

/* Would it leave packed if the client took that? */
static bool may_gzip(const struct http_reply *r)
{
    return !r->no_gzip && r->file_fd < 0 && r->body.n >= GZIP_FROM_BYTES;
}

static bool try_gzip(struct worker *w, struct exchange *x, struct str *body)
{
    struct str packed;

    if (!gzip_wanted(&x->req) || !gzip_body(w, x->req.arena, *body, &packed))
        return false;
    *body = packed;
    return true;
}

void reply_compose(struct worker *w, struct exchange *x, bool close)
{
    struct http_reply *r = &x->req.reply;
    struct out *out = &x->out;
    bool bodyless, head_only = str_eq(x->req.method, S("HEAD"));
    struct head h;
    char *at, *end;

    mend(r);
    bodyless = r->status == 101 || r->status == 204 || r->status == 304;
    h = (struct head){.status = r->status, .date = worker_date(w), .content_type = r->content_type};
    h.headers = r->headers;
    h.close = close;
    h.keep_alive_stated = !x->http_1_1;
    out->body = r->body;
    h.varies = !bodyless && may_gzip(r);
    h.gzip = h.varies && try_gzip(w, x, &out->body);
    h.length = bodyless ? -1 : r->file_fd >= 0 ? r->file_bytes : (int64_t)out->body.n;
    at = room_for(w, x);
    end = put_head(at, &h);
    if (bodyless || head_only) {
        out->body = S("");
    } else if (r->file_fd >= 0) {
        out->body = S("");
        out->file_fd = r->file_fd;
        out->file_offset = r->file_offset;
        out->file_bytes = r->file_bytes;
    } else if (at == w->out && out->body.n <= WORKER_OUT_BYTES / 2 - (size_t)(end - at)) {
        end = put(end, out->body); /* one piece is cheaper to send than two */
        out->body = S("");
    }
    out->head = str_of(at, (size_t)(end - at));
}

struct str reply_refusal(struct worker *w, int status)
{
    struct str reason = reason_of(status);
    struct head h = {.status = status,
                     .date = worker_date(w),
                     .content_type = S("text/plain"),
                     .length = (int64_t)reason.n + 1,
                     .close = true};
    char *end = put_head(w->out, &h);

    end = put(end, reason);
    *end++ = '\n';
    return str_of(w->out, (size_t)(end - w->out));
}
