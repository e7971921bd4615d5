/* A thread with a database connection of its own, for what clients of the WebSockets ask for: their own thread must not
 * wait.  One thing after the other, in the order it came. */
#ifndef TAUT_LIVE_DESK_H
#define TAUT_LIVE_DESK_H

#include <stdbool.h>

struct desk;
struct desk_job {
    struct desk_job *next;
    void (*run)(struct desk_job *job);
};

/* each: called about once a second between jobs. */
struct desk *desk_new(void (*each)(void *ctx), void *ctx);
/* job stays the caller's memory until run was called.  Any thread. */
void desk_submit(struct desk *d, struct desk_job *job);
/* Runs what is queued and ends the thread. */
void desk_free(struct desk *d);

#endif
