/* Who has seen which messages (docs/decisions/0010).
 *
 * A view is a span of the conversation that a person's read cursor passed, or a message that its client reported as
 * visible.  Only people see; whether their views are kept at all the settings say. */
#ifndef TAUT_CORE_SIGHT_H
#define TAUT_CORE_SIGHT_H

#include "core/channel.h"

enum { SIGHT_STEP_MAX = 50 }; /* messages that one move of the cursor shows; a larger one shows none */
enum sight_client { SIGHT_DESKTOP = 1, SIGHT_MOBILE, SIGHT_WEB, SIGHT_CLIENTS_N };

/* Moves the caller's read cursor in ch to ts, and counts what it passed. */
enum err sight_mark(struct call *c, const struct channel_row *ch, int64_t ts);
/* The caller's client shows the message m of ch. */
enum err sight_report(struct call *c, const struct channel_row *ch, const struct stub_row *m);
/* A member is about to leave: what it has seen is kept. */
enum err sight_keep(struct call *c, int64_t channel, int64_t user);

#endif
