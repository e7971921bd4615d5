/* link_shared: links of a message that an app previews. */
#ifndef TAUT_LIVE_LINKS_H
#define TAUT_LIVE_LINKS_H

#include "core/manifest.h"

/* A new message, as its event tells it. */
struct link_message {
    struct str channel, user, ts, thread_ts, text; /* thread_ts: empty outside of threads */
};

/* The event for an app that previews links of these domains; empty when the message holds none. */
struct str links_event(struct arena *a, const struct link_message *m, const struct str_list *domains, bool is_member);

#endif
