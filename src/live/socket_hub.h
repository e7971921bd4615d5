/* Socket Mode's connections: up to ten for an app, any one of which gets each payload.
 *
 * Knows nothing of what is sent and why; who sends hears whether it was acknowledged, or lost with its connection. */
#ifndef TAUT_LIVE_SOCKET_HUB_H
#define TAUT_LIVE_SOCKET_HUB_H

#include "net/http.h"

struct socket_hub;

enum { ENVELOPE_ID_CHARS = 36, SOCKETS_MAX = 10 };

/* Who sends, and what becomes of it: one of the two for each envelope, on the thread of the WebSockets. */
enum socket_loss {
    SOCKET_NONE, /* there was no connection: it was not sent */
    SOCKET_GONE, /* its connection ended first */
    SOCKET_LATE, /* it was not acknowledged within three seconds */
};

struct socket_sender {
    void *ctx;
    /* payload: JSON of what came with it; empty: nothing did.  Valid until it returns. */
    void (*acknowledged)(void *ctx, int64_t app, struct str envelope_id, struct str payload);
    void (*lost)(void *ctx, int64_t app, struct str envelope_id, enum socket_loss how);
};

/* opened: an app has a further connection; on the thread of the WebSockets. */
struct socket_hub *socket_hub_new(void (*opened)(void *ctx, int64_t app), void *ctx);
/* Before http begins to serve. */
void socket_hub_serve(struct socket_hub *hub, struct http_server *http);
/* Once http has stopped. */
void socket_hub_free(struct socket_hub *hub);

/* Answers the request: its connection becomes one of the app's, when it is a good one.  short_lived: for six minutes,
 * as debug_reconnects asks for. */
void socket_hub_accept(struct socket_hub *hub, struct http_request *req, int64_t app, bool short_lived);
/* Has the app a connection?  Any thread. */
bool socket_hub_has(struct socket_hub *hub, int64_t app);
/* Sends an envelope (its id has ENVELOPE_ID_CHARS characters) to one of its connections, those in turn.  sender
 * outlives the hub.  False once the server has stopped: then the sender hears nothing of it.  Any thread. */
bool socket_hub_send(struct socket_hub *hub, const struct socket_sender *sender, int64_t app, struct str envelope_id,
                     struct str envelope);
/* Gives up what was not acknowledged in time; warns and ends connections that are old.  To be called each second or so;
 * any thread. */
void socket_hub_age(struct socket_hub *hub);
/* Ends the connections of apps that are gone, or whose Socket Mode was on and is off now.  To be called when that may
 * have changed; any thread. */
enum socket_mode { SOCKET_MODE_OFF, SOCKET_MODE_ON, SOCKET_MODE_GONE };
void socket_hub_check(struct socket_hub *hub, enum socket_mode (*mode)(const void *ctx, int64_t app), const void *ctx);

#endif
