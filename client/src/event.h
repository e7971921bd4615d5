/* Frames of RTM and Socket Mode as events. */
#ifndef TAUT_CLIENT_EVENT_H
#define TAUT_CLIENT_EVENT_H

#include "fill.h"

#include <taut/live.h>

struct live_event {
    struct taut_event event; /* what the program sees; first */
    struct arena *arena;     /* of this event */
    struct str envelope_id;  /* empty: there is none to answer */
};

/* Reads a frame into e; false when it is no JSON object, or there is no memory. */
bool event_read(struct live_event *e, struct str frame);
/* The event as a struct, when it is of this type (and subtype, unless NULL); else NULL. */
const void *event_as(const struct taut_event *event, const char *type, const char *subtype, const struct shape *s);

#endif
