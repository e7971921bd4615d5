/* What an app gets of an event: the event_callback envelope. */
#ifndef TAUT_LIVE_ENVELOPE_H
#define TAUT_LIVE_ENVELOPE_H

#include "live/apps.h"

/* id: the row's; the event's id is made of it.  Without the verification token, which is not stored outside of its
 * seal: envelope_with_token adds it when the event goes out. */
struct str envelope_make(struct call *c, int64_t id, const struct app_install *in, const struct ear *ear,
                         const struct event *e, struct str json);
struct str envelope_with_token(struct arena *a, struct str envelope, struct str token);

#endif
