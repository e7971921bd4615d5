#include <errno.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/server.h"

enum { ACCEPT_AT_ONCE = 64, BACKLOG = 4096, FULL_TOLD_EACH_US = 60 * US_PER_S };

/* Splits "host:port", "[v6]:port", ":port"; false when there is no port. */
static bool split_address(struct str text, struct str *host, struct str *port)
{
    size_t colon = text.n;

    while (colon > 0 && text.p[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    *port = str_skip(text, colon);
    *host = str_head(text, colon - 1);
    if (host->n >= 2 && host->p[0] == '[' && host->p[host->n - 1] == ']')
        *host = str_of(host->p + 1, host->n - 2);
    return port->n > 0;
}

static int bound_socket(const struct addrinfo *ai)
{
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, error;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof(at);

    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
                                          : ((struct sockaddr_in *)&at)->sin_port);
}

int listen_open(struct http_server *s, struct arena *a, struct str *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found;
    struct str text = s->cfg.listen, host, port;
    struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = &s->listen_fd};
    int error;

    if (!split_address(text, &host, &port)) {
        *why = arena_printf(a, "\"%.*s\" is no listen address; write HOST:PORT", STR_FMT(text));
        return -1;
    }
    error = getaddrinfo(host.n ? arena_cstr(a, host) : NULL, arena_cstr(a, port), &hints, &found);
    if (error) {
        *why = arena_printf(a, "cannot listen on %.*s: %s", STR_FMT(text), gai_strerror(error));
        return -1;
    }
    s->listen_fd = bound_socket(found);
    freeaddrinfo(found);
    if (s->listen_fd < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listen_fd, &ev) != 0) {
        *why = arena_printf(a, "cannot listen on %.*s: %s", STR_FMT(text), strerror(errno));
        return -1;
    }
    s->port = port_of(s->listen_fd);
    return 0;
}

void listen_rearm(struct http_server *s)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = &s->listen_fd};

    if (!atomic_load(&s->stopping))
        epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->listen_fd, &ev);
}

/* True for the one that begins the pause.  The sweeper rearms when it is over. */
static bool pause_accepting(struct http_server *s)
{
    int64_t none = 0;

    return atomic_compare_exchange_strong(&s->accept_again_us, &none, clock_mono_us() + ACCEPT_PAUSE_US);
}

static void out_of_descriptors(struct http_server *s, int error)
{
    if (pause_accepting(s))
        log_error("accept_failed", "why=\"%s\" connections=%d hint=\"raise the limit of open files\"", strerror(error),
                  atomic_load(&s->n_conns));
}

/* Newcomers wait until somebody leaves, and the operator would not know why. */
static void all_taken(struct http_server *s)
{
    int64_t now_us = clock_mono_us(), told_us = atomic_load(&s->full_told_us);

    if (!pause_accepting(s) || (told_us && now_us - told_us < FULL_TOLD_EACH_US))
        return;
    atomic_store(&s->full_told_us, now_us);
    log_warn("connections_full",
             "connections=%d hint=\"newcomers wait: raise max_connections, or the limit of open files\"", s->max_conns);
}

void listen_accept(struct worker *w)
{
    struct http_server *s = w->server;

    if (atomic_load(&s->accept_again_us))
        return; /* each newcomer sends an event, in a pause as well */
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        struct sockaddr_storage peer;
        socklen_t n = sizeof(peer);
        struct http_conn *c;
        int fd;

        if (atomic_load(&s->n_conns) >= s->max_conns) {
            all_taken(s);
            return;
        }
        fd = accept4(s->listen_fd, (struct sockaddr *)&peer, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && errno == EAGAIN)
            return;
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            out_of_descriptors(s, errno);
            return;
        }
        c = fd < 0 ? NULL : slot_open(s, fd, &peer);
        if (c)
            conn_release(w, c);
    }
    listen_rearm(s);
}

void listen_close(struct http_server *s)
{
    if (s->listen_fd < 0)
        return;
    epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->listen_fd, NULL);
    shutdown(s->listen_fd, SHUT_RDWR);
}
