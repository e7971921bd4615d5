/* How apps know that a request is this server's: v0 HMAC of their signing secret. */
#ifndef TAUT_LIVE_SIGNATURE_H
#define TAUT_LIVE_SIGNATURE_H

#include "base/arena.h"

/* Header lines of a POST with this body: Content-Type, X-Slack-Request-Timestamp, X-Slack-Signature.  The time is the
 * true one, also when tests moved the server's clock: receivers compare it with their own. */
struct str signature_headers(struct arena *a, struct str secret, struct str content_type, struct str body);

#endif
