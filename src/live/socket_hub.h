/* Socket Mode's connections: up to ten for an app, any one of which gets each payload.
 *
 * Knows nothing of what is sent and why; who sends hears whether it was acknowledged, or lost with its connection. */
#ifndef TAUT_LIVE_SOCKET_HUB_H
#define TAUT_LIVE_SOCKET_HUB_H

#include "net/http.h"

struct socket_hub;

enum { ENVELOPE_ID_CHARS = 36, SOCKETS_MAX = 10 };

/* On the thread of the WebSockets. */
struct socket_listener {
    void *ctx;
    void (*opened)(void *ctx, int64_t app);
    void (*acknowledged)(void *ctx, int64_t app, struct str envelope_id);
    /* Its connection ended first; or, when it was not even sent, there was none. */
    void (*lost)(void *ctx, int64_t app, struct str envelope_id, bool sent);
};

struct socket_hub *socket_hub_new(const struct socket_listener *listener);
/* Before http begins to serve. */
void socket_hub_serve(struct socket_hub *hub, struct http_server *http);
/* Once http has stopped. */
void socket_hub_free(struct socket_hub *hub);

/* Answers the request: its connection becomes one of the app's, when it is a good one.  short_lived: for six minutes,
 * as debug_reconnects asks for. */
void socket_hub_accept(struct socket_hub *hub, struct http_request *req, int64_t app, bool short_lived);
/* Has the app a connection?  Any thread. */
bool socket_hub_has(struct socket_hub *hub, int64_t app);
/* Sends an envelope to one of its connections, those in turn.  Any thread. */
void socket_hub_send(struct socket_hub *hub, int64_t app, struct str envelope_id, struct str envelope);
/* Warns and ends connections that are old.  To be called each second or so; any thread. */
void socket_hub_age(struct socket_hub *hub);

#endif
