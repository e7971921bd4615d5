/* What an app gets: of an event the event_callback envelope, and what Socket Mode wraps around all payloads. */
#ifndef TAUT_LIVE_ENVELOPE_H
#define TAUT_LIVE_ENVELOPE_H

#include "live/apps.h"
#include "live/socket_hub.h"

/* id: the row's; the event's id is made of it.  Without the verification token, which is not stored outside of its
 * seal: envelope_with_token adds it when the event goes out. */
struct str envelope_make(struct call *c, int64_t id, const struct app_install *in, const struct ear *ear,
                         const struct event *e, struct str json);
struct str envelope_with_token(struct arena *a, struct str envelope, struct str token);

/* The id of an envelope of Socket Mode: a random UUID. */
void socket_envelope_name(char id[ENVELOPE_ID_CHARS]);

struct socket_envelope {
    struct str id, type, payload; /* payload: JSON */
    bool takes_answer;            /* the acknowledgement may carry a payload */
    bool retries;                 /* it says how often it was sent before, and why again */
    int64_t attempt;
    struct str reason;
};
struct str socket_envelope_make(struct arena *a, const struct socket_envelope *e);

#endif
