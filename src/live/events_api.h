/* The Events API: rows of the outbox go to the apps' URLs, or to their connections of Socket Mode.
 *
 * Each app has one request under way, so it hears its events in order.  An event that fails is sent again at once, and
 * then set aside for a minute, and for five more, while later ones go on.  At most 256 rows, and little more than a
 * megabyte, of each app lie in memory.  URLs that did not answer the challenge yet are asked from time to time. */
#ifndef TAUT_LIVE_EVENTS_API_H
#define TAUT_LIVE_EVENTS_API_H

#include "core/bus.h"
#include "store/lane.h"

struct address_list;
struct events_api;
struct http_client;
struct socket_hub;

struct events_options {
    struct lane *lane;                /* where results are written */
    struct db *db;                    /* its own, closed with it: reads, and on PostgreSQL writes */
    const unsigned char *key;         /* of the key file */
    const struct address_list *allow; /* beside public addresses; NULL: none */
    bool limited;                     /* at most 30,000 events an hour go to an app of a workspace */
    bool shared;                      /* other processes change the database too */
};

struct events_api *events_api_new(const struct events_options *opt);
/* What the bus needs to store events with their cause. */
struct bus_outbox events_api_outbox(struct events_api *events);
/* Where Socket Mode connects. */
struct socket_hub *events_api_sockets(struct events_api *events);
/* What requests go through, until events_api_stop. */
struct http_client *events_api_client(struct events_api *events);
/* Ends deliveries, before the lane is freed: what was not delivered stays in the outbox, and what calls still emit goes
 * there.  events may be NULL. */
void events_api_stop(struct events_api *events);
/* Nobody may make calls any more; it was stopped.  events may be NULL. */
void events_api_free(struct events_api *events);

#endif
