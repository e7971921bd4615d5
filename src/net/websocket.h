/* WebSockets (RFC 6455, with permessage-deflate): connections that began as HTTP requests.
 *
 * A handler calls ws_accept and returns HTTP_DONE; once the reply 101 has left, the connection moves from the workers
 * to the one thread that serves all WebSockets of the server, and open is called there.  Everything of a struct ws
 * happens on that thread: its callbacks, ws_send, ws_close; others bring their work there with ws_post.
 *
 * What a reader does not take at once is queued by pointer: a frame is written once, however many get it.  Who lets
 * more than ws_queue_bytes gather is closed with 1013, and knows that something is missing.  A connection that sends
 * nothing between two pings is dead. */
#ifndef TAUT_NET_WEBSOCKET_H
#define TAUT_NET_WEBSOCKET_H

#include "net/frame.h"
#include "net/http.h"

struct ws;

struct ws_handler {
    size_t max_bytes; /* of a message, over it the connection is closed with 1009 */
    void (*open)(struct ws *w, void *user);
    /* A whole message, valid until it returns. */
    void (*message)(struct ws *w, void *user, enum ws_opcode kind, struct str payload);
    /* Once, after open: nothing more comes or can be sent.  w must not be used after it. */
    void (*closed)(struct ws *w, void *user);
    /* Instead of open, when the connection ended before it began.  Any thread. */
    void (*never)(void *user);
};

/* True: the reply is made, and the connection becomes a WebSocket.  False: the request asks for none, or for one that
 * cannot be; the reply says so. */
bool ws_accept(struct http_request *req, const struct ws_handler *h, void *user);

/* Does nothing once the connection is closing. */
void ws_send(struct ws *w, struct ws_frame *f);
/* What is queued still leaves; closed is called later, not from here. */
void ws_close(struct ws *w, int code, struct str reason);

struct ws_task {
    struct ws_task *next;
    void (*run)(struct ws_task *t);
};
/* Runs t on the thread of the WebSockets, in the order given.  False once the server has stopped: then t stays the
 * caller's.  Any thread. */
bool ws_post(struct http_server *s, struct ws_task *t);
/* The time of this turn of the thread. */
int64_t ws_now_us(const struct ws *w);

#endif
