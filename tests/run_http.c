#include "run_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

enum { ANSWER_MAX_BYTES = 64 << 20, CHUNK_BYTES = 1 << 16, WAIT_S = 30 };

struct http_caller {
    struct sockaddr_in address;
    int fd; /* -1: not connected */
};

struct http_caller *http_caller_new(struct str url)
{
    struct http_caller *h = calloc(1, sizeof(*h));
    struct str rest = str_skip(url, 7), host;
    char text[INET_ADDRSTRLEN] = "";
    int64_t port = 0;

    if (!h)
        abort();
    h->fd = -1;
    str_cut(&rest, ':', &host);
    if (str_ends(rest, S("/")))
        rest.n--;
    if (host.n < sizeof(text) && host.n)
        memcpy(text, host.p, host.n);
    h->address.sin_family = AF_INET;
    if (str_starts(url, S("http://")) && str_to_i64(rest, &port) && port > 0 && port < 65536 &&
        inet_pton(AF_INET, text, &h->address.sin_addr) == 1) {
        h->address.sin_port = htons((uint16_t)port);
        return h;
    }
    free(h);
    return NULL;
}

static void disconnect(struct http_caller *h)
{
    if (h->fd >= 0)
        close(h->fd);
    h->fd = -1;
}

void http_caller_free(struct http_caller *h)
{
    if (h)
        disconnect(h);
    free(h);
}

static bool connected(struct http_caller *h)
{
    struct timeval wait = {.tv_sec = WAIT_S};
    int one = 1;

    if (h->fd >= 0)
        return true;
    h->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (h->fd < 0)
        return false;
    setsockopt(h->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return connect(h->fd, (const struct sockaddr *)&h->address, sizeof(h->address)) == 0;
}

static struct str request_text(struct arena *a, const struct http_ask *ask)
{
    struct buf b = buf_in(a, ANSWER_MAX_BYTES);

    buf_str(&b, ask->get ? S("GET ") : S("POST "));
    buf_str(&b, ask->path);
    buf_str(&b, S(" HTTP/1.1\r\nHost: "));
    buf_str(&b, ask->host.n ? ask->host : S("127.0.0.1:8065"));
    buf_str(&b, S("\r\n"));
    if (ask->token.n)
        buf_str(&b, arena_printf(a, "Authorization: Bearer %.*s\r\n", STR_FMT(ask->token)));
    if (ask->agent.n)
        buf_str(&b, arena_printf(a, "User-Agent: %.*s\r\n", STR_FMT(ask->agent)));
    if (ask->content_type.n)
        buf_str(&b, arena_printf(a, "Content-Type: %.*s\r\n", STR_FMT(ask->content_type)));
    if (!ask->get)
        buf_str(&b, arena_printf(a, "Content-Length: %zu\r\n", ask->body.n));
    buf_str(&b, S("\r\n"));
    buf_str(&b, ask->body);
    return buf_view(&b);
}

static bool send_all(struct http_caller *h, struct str text)
{
    while (text.n) {
        ssize_t n = send(h->fd, text.p, text.n, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        text = str_skip(text, (size_t)n);
    }
    return true;
}

static bool receive_more(struct http_caller *h, struct buf *b)
{
    char chunk[CHUNK_BYTES];
    ssize_t n = recv(h->fd, chunk, sizeof(chunk), 0);

    if (n <= 0)
        return false;
    buf_put(b, chunk, (size_t)n);
    return !b->over;
}

struct str http_answer_header(struct str headers, struct str name)
{
    struct str line, has;

    while (str_cut(&headers, '\n', &line)) {
        str_cut(&line, ':', &has);
        if (str_eq_nocase(str_trim(has), name))
            return str_trim(line).n ? str_trim(line) : S("");
    }
    return (struct str){0};
}

/* "HTTP/1.1 200 OK", the headers, a body of Content-Length. */
static bool receive(struct http_caller *h, struct arena *a, struct http_answer *out)
{
    struct buf b = buf_in(a, ANSWER_MAX_BYTES);
    ptrdiff_t end;
    struct str head;
    int64_t status, length;

    while ((end = str_find(buf_view(&b), S("\r\n\r\n"))) < 0)
        if (!receive_more(h, &b))
            return false;
    head = arena_dup(a, str_head(buf_view(&b), (size_t)end + 2));
    if (!str_starts(head, S("HTTP/1.1 ")) || !str_to_i64(str_head(str_skip(head, 9), 3), &status) ||
        !str_to_i64(http_answer_header(head, S("Content-Length")), &length) || length < 0)
        return false;
    while (buf_view(&b).n < (size_t)end + 4 + (size_t)length)
        if (!receive_more(h, &b))
            return false;
    *out = (struct http_answer){(int)status, head, str_head(str_skip(buf_view(&b), (size_t)end + 4), (size_t)length)};
    return true;
}

bool http_caller_ask(struct http_caller *h, struct arena *a, const struct http_ask *ask, struct http_answer *out)
{
    bool done = connected(h) && send_all(h, request_text(a, ask)) && receive(h, a, out);

    if (!done || str_eq_nocase(http_answer_header(out->headers, S("Connection")), S("close")))
        disconnect(h);
    return done;
}
