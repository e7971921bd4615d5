/* The outbox: an event that apps are to hear is stored with what caused it, one row for each app.  So it is
 * delivered once at least, and in order, whatever happens to this process. */
#ifndef TAUT_LIVE_OUTBOX_H
#define TAUT_LIVE_OUTBOX_H

#include "core/bus.h"
#include "live/apps.h"

struct outbox {
    struct apps *apps;
    void *ctx;
    void (*added)(void *ctx, int64_t app); /* a row for this app is in the transaction */
};

/* Rows for the events of a call, in the call's transaction. */
enum err outbox_record(const struct outbox *outbox, struct call *c);

#endif
