/* What the files of the server share; for src/net/ alone.
 *
 * Who may touch a connection.  All sockets lie edge-triggered in one epoll set, so any worker may be told
 * about any connection.  A worker first claims it (claim: FREE -> HELD); one that finds it held leaves a note
 * (HELD -> AGAIN) and goes away.  The holder, when it lets go and finds the note, takes another turn instead.
 * So no request needs an epoll_ctl, and everything but `claim`, `deadline` and `fd` belongs to the holder.  A
 * handler that answered HTTP_LATER keeps the connection held until the worker that takes its completion goes
 * on.
 *
 * Memory of connections is never given back while the server lives: a late event for a closed connection
 * finds a slot that is held, or one that a newer connection uses; then it is one needless look at that
 * socket. */
#ifndef TAUT_NET_SERVER_H
#define TAUT_NET_SERVER_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <zlib.h>

#include "net/http1.h"
#include "net/part.h"

enum {
    WORKER_READ_BYTES = 65536,
    WORKER_OUT_BYTES = 65536,
    WORKER_SPARE_ARENAS = 16,
    ARENA_FIRST_BYTES = 16384,
    SLAB_CONNS = 64,
    LINGER_MS = 2000,
    ACCEPT_PAUSE_US = 1000000
};

enum claim { CLAIM_FREE, CLAIM_HELD, CLAIM_AGAIN };

enum phase { PHASE_HANDSHAKE, PHASE_HEAD, PHASE_BODY, PHASE_HANDLER, PHASE_WRITE, PHASE_LINGER, PHASE_WEBSOCKET };

/* What a deadline ends: waiting for a request, reading one, or writing and closing. */
enum deadline_kind { DEADLINE_NONE, DEADLINE_IDLE, DEADLINE_READ, DEADLINE_WRITE };

struct http_conn {
    struct http_server *server;
    struct http_conn *next;   /* in the one list it is in: free slots, completions, or a worker's ready list */
    _Atomic int claim;        /* enum claim */
    _Atomic int64_t deadline; /* microseconds << 2 | enum deadline_kind; see deadline_set */
    int fd;                   /* -1: free slot; changes under server->lock */
    int epoll;                /* the set it lies in: the workers', or that of the WebSockets */
    uint32_t watch;           /* what that set always tells of it */
    void *watcher;            /* and with which pointer */
    enum phase phase;
    bool cut;        /* a deadline ended the input, so its end says nothing about the peer */
    bool careful;    /* a short read may hide more: read until the kernel says there is none */
    bool drained;    /* nothing to read until the next event */
    bool out_armed;  /* EPOLLOUT is asked for */
    bool closing;    /* after the reply on its way */
    bool crlf_taken; /* the one empty line before a request line that is passed over */
    SSL *tls;
    struct exchange *x; /* the request in progress */
    char *tail;         /* bytes read and not yet parsed */
    size_t tail_n;
    size_t line; /* see http1_find_head */
    int64_t body_since_us;
    uint8_t peer_n;
    char peer[INET6_ADDRSTRLEN];
};

struct worker {
    struct http_server *server;
    int index;
    pthread_t thread;
    char *in; /* holds the bytes of the connection at hand that are not parsed: in[from..to) */
    size_t in_bytes, from, to;
    char *out;                                  /* a small reply is put together here */
    struct http_conn *ready_first, *ready_last; /* held by this worker and due another turn */
    struct arena *spare[WORKER_SPARE_ARENAS];
    int n_spare;
    z_stream gzip;
    bool gzip_open;
    time_t date_s;
    char date[40];
    size_t date_n;
};

struct http_server {
    struct http_config cfg;
    struct arena *arena; /* lives as long as the server */
    struct part_place place;
    struct str *trusted;
    int n_trusted;
    pthread_mutex_t tls_lock;
    SSL_CTX *tls; /* of new connections; NULL: without TLS */
    int epoll, listen_fd, wake_fd, stop_fd;
    int port;
    struct worker *workers;
    int n_started;
    struct ws_loop *ws;
    pthread_t sweeper;
    bool sweeping;
    _Atomic bool stopping;                 /* every reply closes its connection */
    _Atomic int64_t accept_again_us;       /* 0, or when to accept again after descriptors ran out */
    _Atomic int64_t full_told_us;          /* when the log last said that max_conns are there; 0: never */
    _Atomic(struct http_conn *) completed; /* newest first; see complete.c */

    pthread_mutex_t lock; /* the four below, and fd of every connection */
    pthread_cond_t quit_changed;
    bool quit;
    struct http_conn **slabs;
    int n_slabs;
    struct http_conn *free_slots;
    _Atomic int n_conns;
    int max_conns;
};

/* slots.c */
/* A watched connection, held by the caller; NULL when it cannot be watched (fd is closed then). */
struct http_conn *slot_open(struct http_server *s, int fd, const struct sockaddr_storage *peer);
/* Frees what the connection owns, closes it and gives the slot back; abort: with RST. */
void slot_close(struct http_conn *c, bool abort);
void slots_free(struct http_server *s);

/* sweep.c */
void deadline_set(struct http_conn *c, enum deadline_kind kind, int64_t at_us);
bool deadline_passed(const struct http_conn *c, int64_t now_us);
enum deadline_kind deadline_kind(const struct http_conn *c);
int sweep_start(struct http_server *s);
void sweep_stop(struct http_server *s);
/* Ends what waits for a request; with all, whatever is open. */
void sweep_close(struct http_server *s, bool all);

/* listen.c */
int listen_open(struct http_server *s, struct arena *a, struct str *why);
void listen_accept(struct worker *w);
/* Asks to be told again of connections that wait. */
void listen_rearm(struct http_server *s);
void listen_close(struct http_server *s);

/* worker.c */
void *worker_main(void *worker);
void worker_init(struct worker *w, struct http_server *s, int index);
void worker_free(struct worker *w);
/* Puts a held connection in line for another turn of this worker. */
void worker_ready(struct worker *w, struct http_conn *c);
struct arena *worker_arena(struct worker *w);
void worker_arena_done(struct worker *w, struct arena *a);
struct str worker_date(struct worker *w);

/* complete.c */
/* Sends what has been completed, in order. */
void complete_drain(struct worker *w);

/* conn.c */
enum turn {
    TURN_NEXT,    /* ready for the next request */
    TURN_RELEASE, /* waits for an event */
    TURN_AGAIN,   /* has had its share; wants another turn */
    TURN_GONE     /* closed, or kept by a handler: not ours any more */
};
/* An event came for c. */
void conn_event(struct worker *w, struct http_conn *c, uint32_t events);
/* A turn of a connection this worker holds. */
void conn_run(struct worker *w, struct http_conn *c);
/* Lets go of a connection that waits for an event. */
void conn_release(struct worker *w, struct http_conn *c);
/* Sends the reply that a handler filled in later, and goes on. */
void conn_answered(struct worker *w, struct http_conn *c);

/* exchange.c */
/* A new request, in an arena of its own. */
struct exchange *exchange_new(struct worker *w, struct http_conn *c);
/* Closes its files, releases its body, gives the arena back.  w may be NULL. */
void exchange_end(struct worker *w, struct http_conn *c);

/* proxy.c */
/* Reads the comma list into s->trusted; false when an entry is no address. */
bool proxy_list(struct http_server *s, struct str list);
/* Sets remote_addr and secure. */
void proxy_apply(const struct http_conn *c, struct http_request *req);

/* io.c: bytes read or written, 0 at the end of input, IO_WAIT or IO_FAIL. */
enum { IO_WAIT = -1, IO_FAIL = -2 };
ssize_t io_read(struct http_conn *c, char *p, size_t n);
ssize_t io_write(struct http_conn *c, struct str first, struct str second, bool more);
/* Asks to be told when the socket takes bytes again. */
void io_want_write(struct http_conn *c);
void io_want_no_write(struct http_conn *c);
/* No more replies: tells the peer, keeps reading. */
void io_shut_write(struct http_conn *c);

/* tls.c */
SSL_CTX *tls_open(struct http_server *s, struct arena *a, struct str *why);
/* For a connection that has come. */
SSL *tls_accept(struct http_server *s, int fd);
/* 1 done, 0 waits, -1 failed. */
int tls_handshake(struct http_conn *c);
ssize_t tls_read(struct http_conn *c, char *p, size_t n);
ssize_t tls_write(struct http_conn *c, struct str bytes);
/* Tells the peer that the stream ends here. */
void tls_bye(struct http_conn *c);

/* reply.c */
/* Readies x->out from x->req.reply. */
void reply_compose(struct worker *w, struct exchange *x, bool close);
/* A whole reply to a request that is refused, in w->out. */
struct str reply_refusal(struct worker *w, int status);

/* gzip.c */
bool gzip_wanted(const struct http_request *req);
/* in, compressed; false when that does not make it shorter. */
bool gzip_body(struct worker *w, struct arena *a, struct str in, struct str *out);

/* ws_loop.c: the thread of the WebSockets */
struct ws_loop *ws_loop_new(struct http_server *s);
int ws_loop_start(struct ws_loop *l);
/* A connection whose reply 101 has left; it is not the worker's any more. */
void ws_loop_adopt(struct worker *w, struct http_conn *c);
void ws_loop_close_all(struct ws_loop *l);
/* After this nothing runs there. */
void ws_loop_stop(struct ws_loop *l);
void ws_loop_free(struct ws_loop *l);

/* send.c */
enum sent { SENT_ALL, SENT_WAIT, SENT_SHARE, SENT_FAIL };
/* Sends of x->out what the socket takes; SENT_SHARE: it would take more, but others wait. */
enum sent send_out(struct worker *w, struct http_conn *c);

#endif
