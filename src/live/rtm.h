/* RTM: what goes over the WebSockets of rtm.connect.  Events come from the hub; what clients send is answered here:
 * messages (posted by chat.postMessage, as if the client had called it), typing, pings, presence. */
#ifndef TAUT_LIVE_RTM_H
#define TAUT_LIVE_RTM_H

#include "api/dispatch.h"
#include "core/live.h"
#include "net/http.h"

struct rtm;

/* api: what messages are posted through, by its connection number `worker`. */
struct rtm *rtm_new(struct api *api, int worker);
/* For api->bus and api->live. */
struct hub *rtm_hub(struct rtm *r);
/* /websocket/TICKET. */
void rtm_accept(struct rtm *r, struct http_request *req, struct str ticket);
/* Takes no more requests of clients; after http_stop, before the lane ends. */
void rtm_stop(struct rtm *r);
/* After the lane has ended. */
void rtm_free(struct rtm *r);

#endif
