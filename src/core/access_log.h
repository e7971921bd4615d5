/* Who used a workspace, from where and with what: counted in memory on the way of every call, stored now and then.
 *
 * The table has a fixed size.  What finds no place before it is next emptied is not counted: a call never waits and
 * never fails for the log's sake. */
#ifndef TAUT_CORE_ACCESS_LOG_H
#define TAUT_CORE_ACCESS_LOG_H

#include "core/call.h"

enum { ACCESS_IP_MAX = 46, ACCESS_AGENT_MAX = 256 };

struct access {
    int64_t team, user;
    int64_t calls; /* 0: a free place */
    int64_t first_us, last_us;
    uint64_t hash;
    int ip_n, agent_n;
    char ip[ACCESS_IP_MAX], agent[ACCESS_AGENT_MAX];
};

struct access_log;
struct access_log *access_log_new(void);
void access_log_free(struct access_log *l);

/* The call's actor, address and client, when the actor is a person.  l may be NULL.  Any thread. */
void access_log_note(struct access_log *l, const struct call *c);

/* What was counted since it was last taken, to be stored. */
struct access_batch {
    struct access *rows;
    int n;
};
struct access_batch access_log_take(struct access_log *l, struct arena *a);
enum err access_log_store(struct db *db, struct arena *a, const struct access_batch *batch);
/* It could not be stored. */
void access_log_give_back(struct access_log *l, const struct access_batch *batch);

#endif
