#include <errno.h>
#include <sys/epoll.h>

#include "net/server.h"

ssize_t io_read(struct http_conn *c, char *p, size_t n)
{
    ssize_t got;

    if (c->tls)
        return tls_read(c, p, n);
    do {
        got = recv(c->fd, p, n, 0);
    } while (got < 0 && errno == EINTR);
    if (got >= 0)
        return got;
    return errno == EAGAIN ? IO_WAIT : IO_FAIL;
}

ssize_t io_write(struct http_conn *c, struct str first, struct str second, bool more)
{
    struct iovec iov[2] = {{(void *)(uintptr_t)first.p, first.n}, {(void *)(uintptr_t)second.p, second.n}};
    struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};
    int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    ssize_t put;

    if (c->tls)
        return tls_write(c, first.n ? first : second);
    do {
        put = second.n ? sendmsg(c->fd, &msg, flags) : send(c->fd, first.p, first.n, flags);
    } while (put < 0 && errno == EINTR);
    if (put >= 0)
        return put;
    return errno == EAGAIN ? IO_WAIT : IO_FAIL;
}

void io_want_write(struct http_conn *c)
{
    struct epoll_event ev = {.events = c->watch | EPOLLOUT, .data.ptr = c->watcher};

    if (!c->out_armed)
        c->out_armed = epoll_ctl(c->epoll, EPOLL_CTL_MOD, c->fd, &ev) == 0;
}

void io_want_no_write(struct http_conn *c)
{
    struct epoll_event ev = {.events = c->watch, .data.ptr = c->watcher};

    if (c->out_armed)
        c->out_armed = epoll_ctl(c->epoll, EPOLL_CTL_MOD, c->fd, &ev) != 0;
}

void io_shut_write(struct http_conn *c)
{
    tls_bye(c);
    shutdown(c->fd, SHUT_WR);
}
