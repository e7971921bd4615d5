#include "net/http1.h"

#include "net/part.h"
#include "net/target.h"

enum { CONTENT_LENGTH_DIGITS = 15 };

/* Looks for the empty line that ends a block of lines.  *line: where the first line not yet looked at begins.
 * The block's length, 0 when more bytes are needed, -1 when a line is not ended by CRLF, holds another CR, or
 * begins with white space (a folded header). */
static ptrdiff_t block_length(struct str bytes, size_t *line)
{
    for (;;) {
        struct str rest = str_skip(bytes, *line);
        ptrdiff_t lf = str_chr(rest, '\n');

        if (lf < 0)
            return 0;
        if (lf == 0 || str_chr(str_head(rest, (size_t)lf), '\r') != lf - 1 || *rest.p == ' ' || *rest.p == '\t')
            return -1;
        *line += (size_t)lf + 1;
        if (lf == 1)
            return (ptrdiff_t)*line;
    }
}

static bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

int http1_find_head(struct str bytes, size_t max, size_t *line, size_t *n)
{
    ptrdiff_t length;

    /* Whoever speaks TLS or another protocol here learns it from the first byte, not at the deadline. */
    if (bytes.n && !is_token(*bytes.p))
        return 400;
    length = block_length(bytes, line);
    if (length < 0)
        return 400;
    if (length > (ptrdiff_t)max || (length == 0 && bytes.n > max))
        return 431;
    *n = (size_t)length;
    return length == 0 ? HTTP1_MORE : HTTP1_DONE;
}

/* Callbacks of the parser.  A head is fed whole, so a name or value is one span. */

static struct exchange *exchange_of(llhttp_t *p)
{
    return p->data;
}

static int refuse(struct exchange *x, int status)
{
    x->refusal = status;
    return HPE_USER;
}

static int on_header_field(llhttp_t *p, const char *at, size_t n)
{
    struct exchange *x = exchange_of(p);

    if (n == 0)
        return refuse(x, 400); /* ": value", which the parser lets pass */
    if (!x->in_trailers)
        x->req.headers[x->req.n_headers++].name = str_of(at, n);
    return 0;
}

static int on_header_value(llhttp_t *p, const char *at, size_t n)
{
    struct exchange *x = exchange_of(p);

    if (!x->in_trailers)
        x->req.headers[x->req.n_headers - 1].value = str_trim(str_of(at, n));
    return 0;
}

static int on_headers_complete(llhttp_t *p)
{
    p->upgrade = 0; /* an Upgrade header changes nothing about how this request is framed */
    return HPE_PAUSED;
}

static int on_body(llhttp_t *p, const char *at, size_t n)
{
    struct exchange *x = exchange_of(p);

    x->body_bytes += (int64_t)n;
    if (x->body_bytes > x->body_limit)
        return refuse(x, 413);
    if (x->form)
        multipart_feed(x->form, str_of(at, n));
    else if (x->raw)
        part_sink_put(x->raw, str_of(at, n));
    else
        buf_put(&x->body, at, n);
    return 0;
}

static int on_chunk_header(llhttp_t *p)
{
    struct exchange *x = exchange_of(p);

    if (p->content_length == 0) {
        x->in_trailers = true; /* they are looked at line by line first, as a head is */
        return HPE_PAUSED;
    }
    if (p->content_length > (uint64_t)(x->body_limit - x->body_bytes))
        return refuse(x, 413);
    return 0;
}

static int on_chunk_extension(llhttp_t *p, const char *at, size_t n)
{
    struct exchange *x = exchange_of(p);

    (void)at;
    x->extension_bytes += n;
    return x->extension_bytes > HTTP1_EXTENSION_BYTES ? refuse(x, 400) : 0;
}

static int on_message_complete(llhttp_t *p)
{
    exchange_of(p)->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t callbacks = {
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_chunk_header = on_chunk_header,
    .on_chunk_extension_name = on_chunk_extension,
    .on_chunk_extension_value = on_chunk_extension,
    .on_message_complete = on_message_complete,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The version at the end of a request line: 1 for HTTP/1.1, 0 for HTTP/1.0, or minus a status. */
static int read_version(struct str v)
{
    if (v.n != 8 || !str_starts(v, S("HTTP/")) || !is_digit(v.p[5]) || v.p[6] != '.' || !is_digit(v.p[7]))
        return -400;
    if (v.p[5] != '1' || v.p[7] > '1')
        return -505;
    return v.p[7] - '0';
}

/* "token SP target SP HTTP/1.x", one space each; the parser would take more. */
static int read_request_line(struct exchange *x, struct str line)
{
    struct str rest = line;
    int version;

    if (!str_cut(&rest, ' ', &x->req.method) || !str_cut(&rest, ' ', &x->req.raw_target) || x->req.method.n == 0)
        return 400;
    for (size_t i = 0; i < x->req.method.n; i++) {
        if (!is_token(x->req.method.p[i]))
            return 400;
    }
    version = read_version(rest);
    if (version < 0)
        return -version;
    x->http_1_1 = version == 1;
    return target_split(x->req.arena, &x->req) ? HTTP1_DONE : 400;
}

static int count_lines(struct str block)
{
    struct str line;
    int n = 0;

    while (block.n && str_cut(&block, '\n', &line))
        n++;
    return n;
}

static int parse(struct exchange *x, struct str head)
{
    enum llhttp_errno err;

    llhttp_init(&x->parser, HTTP_REQUEST, &callbacks);
    x->parser.data = x;
    err = llhttp_execute(&x->parser, head.p, head.n);
    if (err == HPE_INVALID_METHOD)
        return 501;
    if (err != HPE_PAUSED)
        return 400;
    x->keep_alive = llhttp_should_keep_alive(&x->parser);
    llhttp_resume(&x->parser);
    return HTTP1_DONE;
}

/* Digits only, so many that no sum can overflow; -1 otherwise. */
static int64_t read_content_length(struct str s)
{
    int64_t n = 0;

    if (s.n == 0 || s.n > CONTENT_LENGTH_DIGITS)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]))
            return -1;
        n = n * 10 + (s.p[i] - '0');
    }
    return n;
}

/* How often the headers came that may come once. */
struct seen {
    int host, length, coding;
};

/* Takes note of a header that decides how the request is framed or read. */
static int note_header(struct exchange *x, const struct http_header *h, struct seen *seen)
{
    switch (h->name.n) {
    case 4:
        if (str_eq_nocase(h->name, S("Host"))) {
            seen->host++;
            if (!x->req.host.n)
                x->req.host = h->value;
            return host_ok(h->value) ? HTTP1_DONE : 400;
        }
        break;
    case 6:
        if (str_eq_nocase(h->name, S("Expect"))) {
            if (!str_eq_nocase(h->value, S("100-continue")))
                return 417;
            x->expect_continue = x->http_1_1;
        }
        break;
    case 12:
        if (str_eq_nocase(h->name, S("Content-Type")) && !x->req.content_type.n)
            x->req.content_type = h->value;
        break;
    case 14:
        if (str_eq_nocase(h->name, S("Content-Length"))) {
            seen->length++;
            x->content_length = read_content_length(h->value);
            return x->content_length >= 0 ? HTTP1_DONE : 400;
        }
        break;
    case 17:
        if (str_eq_nocase(h->name, S("Transfer-Encoding"))) {
            seen->coding++;
            x->chunked = true;
            return str_eq_nocase(h->value, S("chunked")) ? HTTP1_DONE : 501;
        }
        break;
    }
    return HTTP1_DONE;
}

static int check_headers(struct exchange *x)
{
    struct seen seen = {0};

    for (int i = 0; i < x->req.n_headers; i++) {
        int status = note_header(x, &x->req.headers[i], &seen);

        if (status != HTTP1_DONE)
            return status;
    }
    if (seen.host > 1 || (seen.host == 0 && x->http_1_1))
        return 400;
    if (seen.length + seen.coding > 1 || (seen.coding && !x->http_1_1))
        return 400;
    x->req.has_body = x->chunked || x->content_length > 0;
    return HTTP1_DONE;
}

int http1_head(struct exchange *x, struct str head)
{
    int lines = count_lines(head) - 2; /* without the request line and the empty one */
    struct str rest = head, line;
    int status;

    if (lines < 0)
        return 400;
    if (lines > x->limits->headers_n)
        return 431;
    x->req.headers = ARENA_ARRAY(x->req.arena, struct http_header, lines);
    str_cut(&rest, '\r', &line);
    status = read_request_line(x, line);
    if (status == HTTP1_DONE)
        status = parse(x, head);
    if (status == HTTP1_DONE)
        status = check_headers(x);
    return status;
}

void http1_body_begin(struct exchange *x)
{
    struct str boundary = multipart_boundary(x->req.arena, x->req.content_type);

    x->body = buf_in(x->req.arena, (size_t)x->body_limit);
    if (boundary.n) {
        x->req.is_multipart = true;
        x->form = multipart_new(x->req.arena, boundary, x->limits, x->place);
    } else if (x->body_limit > HTTP_WHOLE_BODY_BYTES) {
        x->raw = ARENA_NEW(x->req.arena, struct part_sink);
        part_sink_init(x->raw, x->req.arena, x->limits->part_memory_bytes, x->place);
        part_sink_begin(x->raw, false);
    } else {
        /* Not all of what a client announces: it may never send it. */
        buf_room(&x->body, (size_t)(x->content_length < 65536 ? x->content_length : 65536));
    }
}

/* Waits for all trailer lines, checks how they end, and lets the parser check the rest; then they are
 * dropped. */
static int take_trailers(struct exchange *x, struct str bytes, size_t *used)
{
    ptrdiff_t n = block_length(bytes, &x->trailer_line);
    enum llhttp_errno err;

    if (n < 0)
        return 400;
    if (n > HTTP1_TRAILER_BYTES || (n == 0 && bytes.n > HTTP1_TRAILER_BYTES))
        return 431;
    if (n == 0)
        return HTTP1_MORE;
    err = llhttp_execute(&x->parser, bytes.p, (size_t)n);
    if (err != HPE_PAUSED || !x->complete)
        return 400;
    *used += (size_t)n;
    return HTTP1_DONE;
}

int http1_body(struct exchange *x, struct str bytes, size_t *used)
{
    enum llhttp_errno err;

    *used = 0;
    if (!x->in_trailers) {
        err = llhttp_execute(&x->parser, bytes.p, bytes.n);
        if (err == HPE_OK) {
            *used = bytes.n;
            return HTTP1_MORE;
        }
        if (err != HPE_PAUSED)
            return x->refusal ? x->refusal : 400;
        *used = (size_t)(llhttp_get_error_pos(&x->parser) - bytes.p);
        llhttp_resume(&x->parser);
    }
    if (x->complete)
        return HTTP1_DONE;
    return take_trailers(x, str_skip(bytes, *used), used);
}

/* The body as one part without a name: its bytes may lie in a file. */
static int end_raw(struct exchange *x)
{
    struct http_part *part = ARENA_NEW(x->req.arena, struct http_part);
    bool fault;

    part_sink_end(x->raw, part);
    fault = x->raw->fault;
    x->raw = NULL;
    x->req.parts = part;
    x->req.n_parts = 1;
    return fault ? 500 : 0;
}

int http1_body_end(struct exchange *x)
{
    enum multipart_end end;

    if (x->raw)
        return end_raw(x);
    if (!x->form) {
        x->req.body = buf_view(&x->body);
        return 0;
    }
    end = multipart_end(x->form, &x->req.parts, &x->req.n_parts);
    x->form = NULL;
    x->req.multipart_bad = end == MULTIPART_BAD && x->body_bytes > 0;
    return end == MULTIPART_FAULT ? 500 : 0;
}
