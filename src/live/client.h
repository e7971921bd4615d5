/* One receiver, and the groups it is in; for the hub's own files, on the thread of the WebSockets. */
#ifndef TAUT_LIVE_CLIENT_H
#define TAUT_LIVE_CLIENT_H

#include "base/map.h"
#include "live/hub.h"

/* Receivers that have something in common: a conversation, a workspace, a person, or whom they watch. */
struct group {
    int64_t key;
    struct map *map; /* it lies in this one, as long as somebody is in it */
    struct seat *seats;
    int n, cap;
};

struct seat {
    struct client *who;
    int at; /* of its memberships */
};

struct membership {
    struct group *group;
    int at; /* of the group's seats */
};

struct kept_frame {
    struct kept_frame *next;
    struct ws_frame *frame;
};

struct client {
    struct hub *hub;
    int64_t id, user, team;
    bool guest, is_bot, batch_presence;
    bool lost;                    /* more was to be kept than may be */
    struct ws *ws;                /* NULL: its connection has not come */
    struct client *older, *newer; /* while it waits for it */
    struct kept_frame *kept, **kept_tail;
    size_t kept_bytes;
    int64_t waits_until_us; /* for its connection; clock_mono_us */
    struct str ticket;      /* heap; empty once it is void */
    struct membership *in;
    int n_in, cap_in;
    int pending; /* requests of it on their way */
    struct client_pace pace;
    struct typed *typed; /* hub_typing.c; heap, NULL until it types */
    size_t token_n, origin_n;
    char texts[]; /* token and origin */
};

void group_join(struct map *m, int64_t key, struct client *cl);
void group_leave(struct map *m, int64_t key, struct client *cl);
/* Out of every group of this map. */
void group_leave_map(struct map *m, struct client *cl);
void group_leave_all(struct client *cl);
bool group_has(const struct map *m, int64_t key, const struct client *cl);
struct group *group_find(const struct map *m, int64_t key);

/* waiting.c: clients whose connection has not come */
struct waiting;
struct waiting *waiting_new(void);
void waiting_free(struct waiting *w);
/* Makes a ticket for it, valid for 30 s.  Any thread. */
struct str waiting_ticket(struct waiting *w, struct client *cl, struct arena *a);
/* Whose ticket it is; good for one call.  Any thread. */
struct client *waiting_take(struct waiting *w, struct str ticket);
/* In line, from now on on the thread of the WebSockets. */
void waiting_add(struct waiting *w, struct client *cl);
void waiting_remove(struct waiting *w, struct client *cl);
/* The oldest whose time is over and whose ticket nobody took, or NULL; its ticket is void then. */
struct client *waiting_overdue(struct waiting *w, int64_t now_us);
/* Voids its ticket; false when somebody took it. */
bool waiting_void(struct waiting *w, struct client *cl);
/* Keeps a frame for it. */
void waiting_keep(struct client *cl, struct ws_frame *f);
/* Sends what was kept; it has its connection. */
void waiting_deliver(struct client *cl);
void waiting_forget(struct client *cl);

#endif
