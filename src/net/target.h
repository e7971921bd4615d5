/* The request target: origin form, absolute form, "*". */
#ifndef TAUT_NET_TARGET_H
#define TAUT_NET_TARGET_H

#include "net/http.h"

/* Fills path, query and, in absolute form, host from raw_target; false when it is malformed. */
bool target_split(struct arena *a, struct http_request *req);
/* Whether a Host header may look so: a name or address with a port, or empty. */
bool host_ok(struct str host);

#endif
