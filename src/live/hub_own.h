/* What the files of the hub share. */
#ifndef TAUT_LIVE_HUB_OWN_H
#define TAUT_LIVE_HUB_OWN_H

#include <stdatomic.h>

#include "live/client.h"
#include "live/presence.h"

struct hub {
    struct http_server *http;
    void *owner;
    _Atomic int64_t last_id;
    _Atomic int n_clients; /* places too */
    _Atomic int n_connected;
    _Atomic bool stopping;
    _Atomic uint64_t last_turn;
    struct waiting *waiting;
    struct presence *presence;
    /* The rest is the WebSocket thread's. */
    struct arena *scratch; /* emptied by whoever begins to use it */
    uint64_t turn;         /* whose parcel was delivered last */
    struct map early;      /* parcels whose turn has not come */
    struct map clients;
    struct map channels, teams, users, watched; /* groups; watched: by whose presence it is */
};

/* Something for all. */
struct order {
    struct ws_task task; /* first: a ws_task * is an order * */
    struct hub *hub;
};

/* To its connection, or kept until that comes. */
void hub_hand(struct client *cl, struct ws_frame *f);
/* Lets places go whose time is over. */
void hub_expire(struct hub *h);
/* Those whose turn never came. */
void parcels_drop(struct hub *h);
/* Tells those who watch. */
void hub_presence_changed(struct hub *h, int64_t user);

#endif
