#include "net/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* Adds a slab of slots; under the lock. */
static void add_slab(struct http_server *s)
{
    struct http_conn *slab = calloc(SLAB_CONNS, sizeof(*slab));
    struct http_conn **slabs = realloc(s->slabs, sizeof(*slabs) * (size_t)(s->n_slabs + 1));

    if (!slab || !slabs)
        abort();
    s->slabs = slabs;
    s->slabs[s->n_slabs++] = slab;
    for (int i = SLAB_CONNS - 1; i >= 0; i--) {
        slab[i].server = s;
        slab[i].fd = -1;
        atomic_init(&slab[i].claim, CLAIM_HELD);
        slab[i].next = s->free_slots;
        s->free_slots = &slab[i];
    }
}

static struct http_conn *take_slot(struct http_server *s)
{
    struct http_conn *c;

    pthread_mutex_lock(&s->lock);
    if (!s->free_slots)
        add_slab(s);
    c = s->free_slots;
    s->free_slots = c->next;
    pthread_mutex_unlock(&s->lock);
    return c;
}

static void set_peer(struct http_conn *c, const struct sockaddr_storage *peer)
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)peer;
    const void *address = &six->sin6_addr;
    int family = peer->ss_family;

    if (family == AF_INET) {
        address = &((const struct sockaddr_in *)peer)->sin_addr;
    } else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        address = &six->sin6_addr.s6_addr[12];
        family = AF_INET;
    }
    c->peer_n = 0;
    if (inet_ntop(family, address, c->peer, sizeof(c->peer)))
        c->peer_n = (uint8_t)strlen(c->peer);
}

static void reset(struct http_conn *c)
{
    c->next = NULL;
    atomic_store_explicit(&c->claim, CLAIM_HELD, memory_order_relaxed);
    c->phase = c->server->cfg.tls_cert.n ? PHASE_HANDSHAKE : PHASE_HEAD;
    c->cut = c->careful = c->drained = c->out_armed = c->closing = c->crlf_taken = false;
    c->tls = NULL;
    c->x = NULL;
    c->tail = NULL;
    c->tail_n = c->line = 0;
}

struct http_conn *slot_open(struct http_server *s, int fd, const struct sockaddr_storage *peer)
{
    struct http_conn *c = take_slot(s);
    struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    int on = 1;

    reset(c);
    set_peer(c, peer);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (s->cfg.tls_cert.n)
        c->tls = tls_accept(s, fd);
    deadline_set(c, DEADLINE_IDLE, clock_mono_us() + s->cfg.limits.head_ms * 1000LL);
    atomic_fetch_add(&s->n_conns, 1);
    pthread_mutex_lock(&s->lock);
    c->fd = fd;
    pthread_mutex_unlock(&s->lock);
    c->epoll = s->epoll;
    c->watch = ev.events;
    c->watcher = c;
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) == 0)
        return c;
    log_error("connection_not_watched", "why=\"%s\" hint=\"raise fs.epoll.max_user_watches\"", strerror(errno));
    slot_close(c, true);
    return NULL;
}

void slot_close(struct http_conn *c, bool abort)
{
    struct http_server *s = c->server;
    struct linger reset_peer = {.l_onoff = 1};
    int fd = c->fd;

    deadline_set(c, DEADLINE_NONE, 0);
    if (abort)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset_peer, sizeof(reset_peer));
    SSL_free(c->tls);
    free(c->tail);
    pthread_mutex_lock(&s->lock);
    c->fd = -1; /* from here on the sweeper leaves it alone, and the number may be used again */
    pthread_mutex_unlock(&s->lock);
    close(fd);
    atomic_fetch_sub(&s->n_conns, 1);
    pthread_mutex_lock(&s->lock);
    c->next = s->free_slots;
    s->free_slots = c;
    pthread_mutex_unlock(&s->lock);
}

void slots_free(struct http_server *s)
{
    for (int i = 0; i < s->n_slabs; i++) {
        for (int k = 0; k < SLAB_CONNS; k++) {
            struct http_conn *c = &s->slabs[i][k];

            if (c->fd < 0)
                continue;
            exchange_end(NULL, c);
            slot_close(c, true);
        }
        free(s->slabs[i]);
    }
    free(s->slabs);
}
