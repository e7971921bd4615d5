/* What stands in an envelope's event_context: the app, its workspace, and what the event was sent to, for an app that
 * asks later whom else it was for.  Sealed under the key file: an app that made one up would learn who is in
 * conversations of which it hears nothing. */
#ifndef TAUT_CORE_EVENT_CONTEXT_H
#define TAUT_CORE_EVENT_CONTEXT_H

#include "base/arena.h"

struct event_context {
    int64_t team, app;
    int64_t to; /* a conversation, a person, a workspace or the app */
};

struct str event_context_write(struct arena *a, const unsigned char *key, const struct event_context *context);
/* False when it is none of this server's. */
bool event_context_read(struct arena *a, const unsigned char *key, struct str text, struct event_context *out);

#endif
