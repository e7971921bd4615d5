/* The client's end of a WebSocket (RFC 6455), over a connection that libcurl opens: with TLS, proxies and all. */
#ifndef TAUT_CLIENT_SOCKET_H
#define TAUT_CLIENT_SOCKET_H

#include "base/frame.h"
#include "own.h"

struct socket;

enum socket_step {
    SOCKET_NOTHING, /* no more bytes at the moment */
    SOCKET_MESSAGE,
    SOCKET_SIGN, /* of life: a ping (answered) or pong */
    SOCKET_CLOSED
};

/* url begins with ws:// or wss://.  Returns when the server has agreed. */
enum taut_error socket_open(struct taut *t, const char *url, struct socket **out);
void socket_free(struct socket *s);
/* Says that it ends, and waits a second at most for the other side to say so: a socket that is closed while bytes lie
 * in it unread takes back what was sent last. */
void socket_leave(struct socket *s);
int socket_fd(const struct socket *s);
/* *text: of a message, until the next step. */
enum socket_step socket_read(struct socket *s, struct str *text);
/* Queues a frame and sends what can be sent.  False: the connection is broken, or there is no memory. */
bool socket_send(struct socket *s, enum ws_opcode opcode, struct str payload);
bool socket_flush(struct socket *s);
/* Are there bytes that could not be sent yet? */
bool socket_is_full(const struct socket *s);

#endif
