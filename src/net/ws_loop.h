/* What the files of the WebSocket thread share; for src/net/ alone. */
#ifndef TAUT_NET_WS_LOOP_H
#define TAUT_NET_WS_LOOP_H

#include "net/server.h"
#include "net/websocket.h"

enum ws_state {
    WS_OPEN,
    WS_CLOSING, /* our close frame is on its way; the peer's is awaited */
    WS_LINGER   /* nothing counts any more but the peer's end */
};

struct ws_list {
    struct ws *first, *last; /* of pings by due_us */
};

/* A frame on its way to one peer. */
struct ws_out {
    struct ws_out *next;
    struct ws_frame *frame;
};

struct ws {
    struct ws_task task; /* first: brings it to the thread */
    struct http_conn *conn;
    struct ws_loop *loop;
    const struct ws_handler *handler;
    void *user;
    struct ws_list *list;   /* of who is pinged, or of who is closing; NULL once dead */
    struct ws *prev, *next; /* in it */
    struct ws *next_ended;
    int64_t due_us; /* the next ping; or when a closing one is cut off */
    enum ws_state state;
    bool heard;  /* since the last ping */
    bool pinged; /* at least once */
    bool ended;  /* in the list of those to be seen to */
    bool told;   /* closed was called */
    bool dead;   /* the socket is to be closed */
    bool shut;   /* for writing */
    struct frame_reader in;
    struct ws_out *out_first, *out_last;
    struct ws_out *pong; /* one of them that is no other's yet: a newer ping replaces it */
    size_t out_sent;     /* bytes of the first that have left */
    size_t out_bytes;    /* of all */
};

struct ws_loop {
    struct http_server *server;
    pthread_t thread;
    bool started;
    int epoll, wake_fd;
    char *in;
    struct inflater *inflater;
    struct deflater *deflater;
    struct ws_list pinged, closing;
    struct ws *ended;
    int64_t now_us;
    bool quit; /* the thread's own */

    pthread_mutex_t lock; /* the three below */
    struct ws_task *tasks, **tasks_tail;
    bool stopped; /* takes no more tasks */
};

/* ws_conn.c: one connection, on the thread */
void ws_begin(struct ws *w);
void ws_event(struct ws *w, uint32_t events);
/* Pings, or cuts off, what is due. */
void ws_due(struct ws_loop *l);
/* Calls closed for what has ended, and closes what is dead. */
void ws_see_to_ended(struct ws_loop *l);
void ws_close_each(struct ws_loop *l, int code);
void ws_die_each(struct ws_loop *l);
/* The socket is lost. */
void ws_die(struct ws *w);

/* ws_send.c */
enum { WS_QUEUE_BYTES = 1 << 20 };
/* Whatever the state. */
void ws_put(struct ws *w, struct ws_frame *f);
void ws_put_pong(struct ws *w, struct str payload);
/* Sends of the queue what the socket takes. */
void ws_flush(struct ws *w);
void ws_drop_queue(struct ws *w);
/* Puts it into the list of those to be seen to at the end of this turn. */
void ws_end(struct ws *w);

/* websocket.c: what of a connection is refused, or what it agreed to */
bool ws_takes_deflate(const struct http_request *req);

#endif
