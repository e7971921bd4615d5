/* Getting something from another server while the caller waits: pictures that people name by their address.
 *
 * For the threads for what takes long alone.  Addresses inside are refused as for all that goes out (net/address.h). */
#ifndef TAUT_API_FETCH_H
#define TAUT_API_FETCH_H

#include "core/call.h"

enum fetched {
    FETCHED,           /* status 200 and a body */
    FETCHED_NOTHING,   /* no answer in time, or another status */
    FETCHED_TOO_LARGE, /* over max_bytes */
};

/* *body lies in the arena. */
enum fetched fetch(struct call *c, struct str url, size_t max_bytes, struct str *body);

#endif
