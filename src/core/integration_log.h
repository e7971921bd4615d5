/* What happens to the apps of a workspace, for those who look after it. */
#ifndef TAUT_CORE_INTEGRATION_LOG_H
#define TAUT_CORE_INTEGRATION_LOG_H

#include "core/call.h"

struct integration_change {
    int64_t app, user; /* user: who did it */
    int64_t channel;
    struct str kind, scopes, reason;
};

/* In c->team. */
enum err integration_log(struct call *c, const struct integration_change *change);
/* The app is let in with these scopes (comma lists): added, or more than it had, or the same again.  Before its tokens
 * are made. */
enum err integration_log_install(struct call *c, int64_t app, int64_t user, struct str scopes);

#endif
