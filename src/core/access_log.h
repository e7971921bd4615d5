/* Who used a workspace, from where and with what: counted in memory on the way of every call, stored now and then,
 * and kept for the setting access_retention.
 *
 * A call never waits for the log's sake and none is left out: the table grows with what waits, and who stores it looks
 * each second whether enough does. */
#ifndef TAUT_CORE_ACCESS_LOG_H
#define TAUT_CORE_ACCESS_LOG_H

#include "core/call.h"

enum { ACCESS_IP_MAX = 46, ACCESS_AGENT_MAX = 256 };

struct access {
    int64_t team, user;
    int64_t calls;
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

/* How many rows wait to be stored. */
int access_log_waiting(struct access_log *l);

/* What was counted since it was last taken, to be stored. */
struct access_batch {
    struct access *rows;
    int n;
};
struct access_batch access_log_take(struct access_log *l, struct arena *a);
/* Of each workspace it sees to a job that ends its old rows. */
enum err access_log_store(struct db *db, struct arena *a, const struct access_batch *batch);
/* The job (core/job.h): ends c->team's rows whose last call is older than the setting access_retention. */
enum err access_log_expire(struct call *c, int64_t subject);
/* It could not be stored. */
void access_log_give_back(struct access_log *l, const struct access_batch *batch);

#endif
