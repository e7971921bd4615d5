/* Messages that wait for their time. */
#ifndef TAUT_CORE_SCHEDULED_H
#define TAUT_CORE_SCHEDULED_H

#include "core/call.h"
#include "sql.h"

enum { SCHEDULED_KIND = 'Q' };

/* The caller's own one of this id; found is false when it is somebody else's, sent or taken back. */
enum err scheduled_open(struct call *c, struct str id, struct scheduled_row *out, bool *found);
/* The job JOB_SCHEDULED: posts it, if its author may still post there. */
enum err scheduled_fire(struct call *c, int64_t id);

#endif
