/* Who hears what: the connections of people and bots, and the events of calls on their way to them.
 *
 * A client begins as a place that rtm.connect made: it hears at once, and what it hears is kept until its connection
 * comes or 30 s have passed.  Places, clients and who is in which conversation belong to the thread of the WebSockets
 * (net/websocket.h); calls bring their events there in commit order, so each conversation's are heard in that order,
 * once.  Membership comes with the place and is kept up to date by the moves of calls, in the same order. */
#ifndef TAUT_LIVE_HUB_H
#define TAUT_LIVE_HUB_H

#include "api/limit.h"
#include "core/bus.h"
#include "core/live.h"
#include "net/websocket.h"

struct hub;
struct client;

/* owner: whose protocol the clients speak. */
struct hub *hub_new(void *owner);
void *hub_owner(const struct hub *h);
/* From now on places can be opened. */
void hub_start(struct hub *h, struct http_server *http);
/* Says goodbye to everybody; no place is opened any more.  Before http_stop. */
void hub_stop(struct hub *h);
/* After the WebSocket thread has ended. */
void hub_free(struct hub *h);

/* struct bus; ctx is the hub. */
void hub_publish(void *hub, const struct call *c);
bool hub_heard(void *hub);
uint64_t hub_turn(void *hub);
void hub_give_back(void *hub, uint64_t turn);
/* struct live. */
enum err hub_open(void *hub, struct call *c, const struct live_wishes *wishes, struct str *ticket);
struct live_presence hub_presence(void *hub, int64_t user);
void hub_acted(void *hub, int64_t user);
/* Tells of whom time has made away.  Any thread. */
void hub_look_at_presence(struct hub *h);

/* On the thread of the WebSockets, after what came before; false once that has ended.  Any thread. */
bool hub_post(struct hub *h, struct ws_task *t);

/* The place of a ticket, which is taken with it; NULL when there is none or its time is over.  Any thread; to be
 * followed by hub_connected or hub_dropped. */
struct client *hub_take(struct hub *h, struct str ticket);
/* It never came.  Any thread. */
void hub_dropped(struct hub *h, struct client *cl);

/* --- on the thread of the WebSockets --------------------------------------------------------------------------- */

/* Its connection is here: hears hello, then what was kept. */
void hub_connected(struct client *cl, struct ws *w);
void hub_disconnected(struct client *cl);
struct client *hub_client(struct hub *h, int64_t id);
void hub_send(struct client *cl, struct str json);
void hub_each_client(struct hub *h, void (*each)(void *ctx, struct client *cl), void *ctx);
void hub_set_guest(struct client *cl, bool guest);
/* Its place is void; for clients whose connection has not come. */
void hub_refuse(struct client *cl);
/* Tells the others in a conversation that cl's person types; nothing when it is not in it. */
void hub_typing(struct client *cl, int64_t channel);
enum { LIVE_IDS_MAX = 500 };
/* From now on cl hears of the presence of these, and of no others; tells how it is now. */
void hub_watch(struct client *cl, const int64_t *users, int n);
/* Tells cl how the presence of these is. */
void hub_tell_presence(struct client *cl, const int64_t *users, int n);

struct hub *client_hub(const struct client *cl);
int64_t client_id(const struct client *cl);
int64_t client_team(const struct client *cl);
struct ws *client_ws(const struct client *cl);
struct str client_token(const struct client *cl);
/* The address the server had for it, "http://HOST/". */
struct str client_origin(const struct client *cl);
/* How many of its requests are on their way. */
int *client_pending(struct client *cl);
/* What it has sent of late, and how often it was refused. */
struct client_pace {
    struct bucket messages, others, refusals;
};
struct client_pace *client_pace(struct client *cl);

#endif
