/* What stands in an envelope's event_context: the app, its workspace, and what the event was sent to, for an app that
 * asks later whom else it was for.  Opaque to apps, but no secret: it says nothing an app does not know. */
#ifndef TAUT_CORE_EVENT_CONTEXT_H
#define TAUT_CORE_EVENT_CONTEXT_H

#include "base/arena.h"

struct event_context {
    int64_t team, app;
    int64_t to; /* a conversation, a person, a workspace or the app */
};

struct str event_context_write(struct arena *a, const struct event_context *context);
bool event_context_read(struct str text, struct event_context *out);

#endif
