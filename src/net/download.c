#include "net/download.h"

#include <unistd.h>

#include "net/form.h"

enum range { RANGE_NONE, RANGE_GOOD, RANGE_OUTSIDE };

static struct str strong(struct str etag)
{
    return str_starts(etag, S("W/")) ? str_skip(etag, 2) : etag;
}

/* Whether the client has these bytes already.  Weak comparison: a proxy that recodes replies marks their tags weak. */
static bool client_has(const struct http_request *req, struct str etag)
{
    struct str list = http_header(req, S("If-None-Match")), piece;

    if (etag.n == 0)
        return false;
    while (list.n && str_cut(&list, ',', &piece)) {
        piece = str_trim(piece);
        if (str_eq(piece, S("*")) || str_eq(strong(piece), etag))
            return true;
    }
    return false;
}

/* A date cannot match: the files served here have tags and no dates. */
static bool range_wanted(const struct http_request *req, struct str etag)
{
    struct str condition = http_header(req, S("If-Range"));

    return str_eq(req->method, S("GET")) && (condition.n == 0 || (etag.n > 0 && str_eq(condition, etag)));
}

/* Digits alone; more than a size can have are as good as none. */
static bool read_position(struct str s, int64_t *out)
{
    return s.n > 0 && *s.p >= '0' && *s.p <= '9' && str_to_i64(s, out);
}

/* "bytes=FIRST-LAST", "bytes=FIRST-", "bytes=-LAST_N".  What is malformed counts as not sent. */
static enum range read_range(struct str header, int64_t bytes, int64_t *from, int64_t *to)
{
    struct str first, last;
    ptrdiff_t dash = str_chr(header, '-');
    bool open;

    if (!str_eq_nocase(str_head(header, 6), S("bytes=")) || dash < 6 || bytes == 0)
        return RANGE_NONE;
    first = str_trim(str_skip(str_head(header, (size_t)dash), 6));
    last = str_trim(str_skip(header, (size_t)dash + 1));
    open = last.n == 0;
    if ((first.n && !read_position(first, from)) || (!open && !read_position(last, to)) || (first.n == 0 && open))
        return RANGE_NONE;
    if (first.n == 0) { /* the last so many bytes */
        if (*to == 0)
            return RANGE_OUTSIDE;
        *from = *to < bytes ? bytes - *to : 0;
        *to = bytes - 1;
        return RANGE_GOOD;
    }
    if (!open && *to < *from)
        return RANGE_NONE;
    if (*from >= bytes)
        return RANGE_OUTSIDE;
    if (open || *to >= bytes)
        *to = bytes - 1;
    return RANGE_GOOD;
}

/* A reply without the file. */
static void bare(struct http_request *req, const struct download *d, int status, struct str headers)
{
    close(d->fd);
    req->reply.status = status;
    req->reply.headers = headers;
}

/* What a quoted string cannot hold is replaced. */
static struct str quotable(struct arena *a, struct str s)
{
    char *out = arena_bytes(a, s.n);

    for (size_t i = 0; i < s.n; i++)
        out[i] = (char)(s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\' ? '_' : s.p[i]);
    return str_of(out, s.n);
}

struct str download_disposition(struct arena *a, const char *kind, struct str plain, struct str name)
{
    return ARENA_JOIN(a, S("Content-Disposition: "), str_c(kind), S("; filename=\""), quotable(a, plain),
                      S("\"; filename*=UTF-8''"), percent_encode(a, name), S("\r\n"));
}

void download_reply(struct http_request *req, const struct download *d)
{
    struct str tag = d->etag.n ? arena_printf(req->arena, "ETag: %.*s\r\n", STR_FMT(d->etag)) : S("");
    struct str common = arena_printf(req->arena, "%.*s%.*s", STR_FMT(tag), STR_FMT(d->headers));
    enum range range = RANGE_NONE;
    int64_t from = 0, to = 0;

    req->reply = (struct http_reply){.status = 200, .file_fd = -1};
    if (client_has(req, d->etag)) {
        bare(req, d, 304, common);
        return;
    }
    if (range_wanted(req, d->etag))
        range = read_range(http_header(req, S("Range")), d->bytes, &from, &to);
    if (range == RANGE_OUTSIDE) {
        bare(req, d, 416, arena_printf(req->arena, "Content-Range: bytes */%lld\r\n", (long long)d->bytes));
        return;
    }
    req->reply.content_type = d->content_type;
    req->reply.headers = arena_printf(req->arena, "Accept-Ranges: bytes\r\n%.*s", STR_FMT(common));
    req->reply.file_fd = d->fd;
    req->reply.file_bytes = d->bytes;
    if (range == RANGE_NONE)
        return;
    req->reply.status = 206;
    req->reply.headers = arena_printf(req->arena, "Content-Range: bytes %lld-%lld/%lld\r\n%.*s", (long long)from,
                                      (long long)to, (long long)d->bytes, STR_FMT(req->reply.headers));
    req->reply.file_offset = from;
    req->reply.file_bytes = to - from + 1;
}
