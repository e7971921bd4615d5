/* An HTTP/1.1 load generator: one thread, N keep-alive connections, each sends its next request when its
 * reply is complete (a closed loop).  Every connection keeps its request ready-made; only the digits that
 * stand where {seq} was asked for are written anew, so that each body is another one and the generator
 * itself stays cheap. Prints one line of JSON. */
#include "hist.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SEQ_DIGITS = 12,
    SEQ_PLACES = 4,
    REQUEST_BYTES = 16384,
    REPLY_BYTES = 16384, /* first size of a reply buffer; it grows to the largest reply */
    SILENCE_MS = 10000,  /* no reply at all for so long: the server hangs, give up */
    CLOSED_MAX = 1000,   /* connections the server may close before the run is called a failure */
};

struct request {
    char text[REQUEST_BYTES];
    size_t n;
    struct seq_place {
        size_t at;
        unsigned digits;
    } seq[SEQ_PLACES];
    int seq_n;
};

struct conn {
    int fd;
    char *request;    /* the run's request with this connection's digits */
    uint64_t sent_ns; /* 0: no request is under way */
    char *reply;
    size_t reply_n, reply_size;
    size_t need; /* bytes of the whole reply once its head is there, else 0 */
};

struct options {
    struct sockaddr_in addr;
    int connections;
    double seconds, warmup_s;
    uint64_t requests; /* 0: until the time is over */
    uint64_t seq_first, seq_span;
    const char *method, *path, *body;
    char headers[4096];
};

struct load {
    struct options opt;
    struct request request;
    struct conn *conns;
    int epoll;
    uint64_t sent, answered, seq, begin_ns, end_ns;
    bool stopping, measuring;
    double cpu_begin_us;
    struct hist latency;
    uint64_t ok, closed, by_status[600];
    size_t reply_bytes;
    char first_bad[241]; /* head and body of the first reply that is not "ok":true */
};

static void die(const char *what)
{
    fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

/* Request */

/* Is there a {seq} or {seq:DIGITS} at p?  Returns its length and how many digits stand for it, or 0. */
static size_t seq_mark(const char *p, unsigned *digits)
{
    int n = 0;

    *digits = SEQ_DIGITS;
    if (strncmp(p, "{seq}", 5) == 0)
        return 5;
    if (sscanf(p, "{seq:%u}%n", digits, &n) == 1 && n > 0 && *digits > 0 && *digits <= SEQ_DIGITS)
        return (size_t)n;
    return 0;
}

static void request_append(struct request *t, const char *p)
{
    unsigned digits;

    while (*p) {
        size_t mark = *p == '{' ? seq_mark(p, &digits) : 0;

        if (t->n + SEQ_DIGITS >= sizeof t->text)
            die("the request is too long");
        if (mark == 0) {
            t->text[t->n++] = *p++;
            continue;
        }
        if (t->seq_n == SEQ_PLACES)
            die("too many {seq}");
        t->seq[t->seq_n++] = (struct seq_place){.at = t->n, .digits = digits};
        t->n += digits;
        p += mark;
    }
}

static void request_build(struct request *t, const struct options *o)
{
    static struct request body;
    char line[64];

    request_append(&body, o->body);
    request_append(t, o->method);
    request_append(t, " ");
    request_append(t, o->path);
    snprintf(line, sizeof line, " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", ntohs(o->addr.sin_port));
    request_append(t, line);
    request_append(t, o->headers);
    if (strcmp(o->method, "GET") != 0) {
        snprintf(line, sizeof line, "Content-Length: %zu\r\n", body.n);
        request_append(t, line);
    }
    request_append(t, "\r\n");
    request_append(t, o->body);
}

static void write_digits(char *to, unsigned digits, uint64_t seq)
{
    while (digits-- > 0) {
        to[digits] = (char)('0' + seq % 10);
        seq /= 10;
    }
}

/* The socket blocks, so that a request is always sent whole; replies are read with MSG_DONTWAIT. */
static bool conn_send(struct load *l, struct conn *c)
{
    uint64_t seq = l->opt.seq_first + l->seq++ % l->opt.seq_span;

    for (int i = 0; i < l->request.seq_n; i++)
        write_digits(c->request + l->request.seq[i].at, l->request.seq[i].digits, seq);
    l->sent++;
    c->reply_n = 0;
    c->need = 0;
    c->sent_ns = now_ns();
    return send(c->fd, c->request, l->request.n, MSG_NOSIGNAL) == (ssize_t)l->request.n;
}

/* Connections */

static void conn_open(struct load *l, struct conn *c)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    int one = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&l->opt.addr, sizeof l->opt.addr) < 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) < 0)
        die("epoll_ctl");
}

static void conn_init(struct load *l, struct conn *c)
{
    c->request = malloc(l->request.n);
    c->reply = malloc(REPLY_BYTES);
    if (!c->request || !c->reply)
        die("memory");
    memcpy(c->request, l->request.text, l->request.n);
    c->reply_size = REPLY_BYTES;
    conn_open(l, c);
}

/* Opens the connection again, and sends the request again whose reply did not come. */
static void conn_lost(struct load *l, struct conn *c)
{
    bool waiting = c->sent_ns != 0;

    close(c->fd);
    errno = 0;
    if (++l->closed > CLOSED_MAX)
        die("the server closed more than 1000 connections");
    conn_open(l, c);
    if (!waiting)
        return;
    l->sent--;
    if ((!l->stopping || l->opt.requests) && !conn_send(l, c))
        die("send on a new connection");
}

/* Replies */

static const char *header_value(const char *head, size_t n, const char *name)
{
    size_t name_n = strlen(name);

    for (const char *p = memchr(head, '\n', n); p; p = memchr(p, '\n', n - (size_t)(p - head))) {
        p++;
        if ((size_t)(p - head) + name_n + 1 < n && strncasecmp(p, name, name_n) == 0 && p[name_n] == ':')
            return p + name_n + 1;
    }
    return NULL;
}

/* Looks for the end of the head and learns how long the whole reply is.  False: the reply is still
 * incomplete. */
static bool reply_whole(struct conn *c)
{
    const char *end, *value;

    if (c->need == 0) {
        end = memmem(c->reply, c->reply_n, "\r\n\r\n", 4);
        if (!end)
            return false;
        value = header_value(c->reply, (size_t)(end - c->reply), "Content-Length");
        if (!value || strncmp(c->reply, "HTTP/1.1 ", 9) != 0)
            die("a reply without Content-Length, or not HTTP/1.1");
        c->need = (size_t)(end - c->reply) + 4 + strtoul(value, NULL, 10);
    }
    return c->reply_n >= c->need;
}

static void begin_measuring(struct load *l, uint64_t now)
{
    memset(&l->latency, 0, sizeof l->latency);
    memset(l->by_status, 0, sizeof l->by_status);
    l->ok = l->answered = 0;
    l->begin_ns = now;
    l->cpu_begin_us = cpu_us();
    l->measuring = true;
}

static void reply_count(struct load *l, const struct conn *c)
{
    unsigned status = (unsigned)strtoul(c->reply + 9, NULL, 10);
    uint64_t now = now_ns();

    if (!l->measuring && (double)(now - l->begin_ns) >= l->opt.warmup_s * 1e9)
        begin_measuring(l, now);
    hist_add(&l->latency, now - c->sent_ns);
    l->answered++;
    l->end_ns = now;
    l->by_status[status < 600 ? status : 599]++;
    l->reply_bytes = c->need;
    if (memmem(c->reply, c->need, "\"ok\":true", 9))
        l->ok++;
    else if (!l->first_bad[0])
        snprintf(l->first_bad, sizeof l->first_bad, "%.*s", (int)c->need, c->reply);
    if (l->opt.requests ? l->sent >= l->opt.requests
                        : l->measuring && (double)(now - l->begin_ns) >= l->opt.seconds * 1e9)
        l->stopping = true;
}

static void conn_readable(struct load *l, struct conn *c)
{
    ssize_t n;

    if (c->reply_n == c->reply_size) {
        c->reply_size *= 2;
        c->reply = realloc(c->reply, c->reply_size);
        if (!c->reply)
            die("memory");
    }
    n = recv(c->fd, c->reply + c->reply_n, c->reply_size - c->reply_n, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        conn_lost(l, c);
        return;
    }
    c->reply_n += (size_t)n;
    if (!reply_whole(c))
        return;
    reply_count(l, c);
    c->sent_ns = 0;
    if (!l->stopping && !conn_send(l, c))
        conn_lost(l, c);
}

/* Run */

static void run(struct load *l)
{
    struct epoll_event ev[256];
    bool counted = l->opt.requests > 0; /* then every reply is waited for */

    l->begin_ns = now_ns();
    if (counted || l->opt.warmup_s <= 0)
        begin_measuring(l, l->begin_ns);
    for (int i = 0; i < l->opt.connections && !l->stopping; i++) {
        if (!conn_send(l, &l->conns[i]))
            die("send");
        l->stopping = counted && l->sent >= l->opt.requests;
    }
    while (!l->stopping || (counted && l->answered < l->sent)) {
        int n = epoll_wait(l->epoll, ev, 256, SILENCE_MS);

        errno = 0;
        if (n == 0)
            die("no reply for 10 seconds");
        for (int i = 0; i < n; i++)
            conn_readable(l, ev[i].data.ptr);
    }
}

static void print_text(const char *s)
{
    putchar('"');
    for (; *s; s++) {
        if ((unsigned char)*s < 32 || *s == '"' || *s == '\\')
            printf("\\u%04x", (unsigned char)*s);
        else
            putchar(*s);
    }
    putchar('"');
}

static void report(const struct load *l)
{
    double seconds = (double)(l->end_ns - l->begin_ns) / 1e9;
    const char *comma = "";

    printf("{\"connections\":%d,\"requests\":%llu,\"seconds\":%.3f,\"rate\":%.1f,\"ok\":%llu,\"status\":{",
           l->opt.connections, (unsigned long long)l->answered, seconds, (double)l->answered / seconds,
           (unsigned long long)l->ok);
    for (int i = 0; i < 600; i++) {
        if (!l->by_status[i])
            continue;
        printf("%s\"%d\":%llu", comma, i, (unsigned long long)l->by_status[i]);
        comma = ",";
    }
    printf("},\"closed\":%llu,", (unsigned long long)l->closed);
    hist_print(&l->latency);
    printf(",\"cpu_us_per_request\":%.2f,\"reply_bytes\":%zu,\"next_seq\":%llu,\"first_bad\":",
           (cpu_us() - l->cpu_begin_us) / (double)(l->answered ? l->answered : 1), l->reply_bytes,
           (unsigned long long)(l->opt.seq_first + l->seq));
    print_text(l->first_bad);
    printf("}\n");
}

static const char usage[] = "usage: load [options] PORT PATH\n"
                            "  -c N      keep-alive connections (32)\n"
                            "  -t S      measured seconds (5), after -w S seconds of warming up (1)\n"
                            "  -n N      exactly N requests, without warming up\n"
                            "  -X METHOD GET, or POST when there is a body\n"
                            "  -H LINE   a header line; may stand several times\n"
                            "  -d BODY   in it and in PATH, {seq} is a 12-digit number that grows with each "
                            "request, {seq:N} its last N digits\n"
                            "  -s N      first number (0); -m N begins anew after N numbers\n";

static void add_header(struct options *o, const char *line)
{
    size_t have = strlen(o->headers);

    if (snprintf(o->headers + have, sizeof o->headers - have, "%s\r\n", line) >= (int)(sizeof o->headers - have))
        die("headers are too long");
}

static void options_parse(struct options *o, int argc, char **argv)
{
    int opt;

    *o = (struct options){.connections = 32, .seq_span = UINT64_MAX, .seconds = 5, .warmup_s = 1, .body = ""};
    while ((opt = getopt(argc, argv, "c:t:w:n:X:d:H:s:m:")) != -1) {
        switch (opt) {
        case 'c':
            o->connections = atoi(optarg);
            break;
        case 't':
            o->seconds = atof(optarg);
            break;
        case 'w':
            o->warmup_s = atof(optarg);
            break;
        case 'n':
            o->requests = strtoull(optarg, NULL, 10);
            break;
        case 'X':
            o->method = optarg;
            break;
        case 'd':
            o->body = optarg;
            break;
        case 'H':
            add_header(o, optarg);
            break;
        case 's':
            o->seq_first = strtoull(optarg, NULL, 10);
            break;
        case 'm':
            o->seq_span = strtoull(optarg, NULL, 10);
            break;
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (argc - optind != 2 || o->connections < 1) {
        fputs(usage, stderr);
        exit(2);
    }
    o->addr.sin_family = AF_INET;
    o->addr.sin_port = htons((uint16_t)atoi(argv[optind]));
    o->addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    o->path = argv[optind + 1];
    if (!o->method)
        o->method = *o->body ? "POST" : "GET";
}

int main(int argc, char **argv)
{
    static struct load l;

    options_parse(&l.opt, argc, argv);
    request_build(&l.request, &l.opt);
    l.epoll = epoll_create1(EPOLL_CLOEXEC);
    l.conns = calloc((size_t)l.opt.connections, sizeof *l.conns);
    if (l.epoll < 0 || !l.conns)
        die("start");
    for (int i = 0; i < l.opt.connections; i++)
        conn_init(&l, &l.conns[i]);
    run(&l);
    report(&l);
    for (int i = 0; i < l.opt.connections; i++) {
        close(l.conns[i].fd);
        free(l.conns[i].request);
        free(l.conns[i].reply);
    }
    free(l.conns);
    close(l.epoll);
    return 0;
}
