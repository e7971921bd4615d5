/* Time zones of the system's database (tzdata, /usr/share/zoneinfo; the files' format is RFC 9636).
 *
 * A zone is read once and stays for the life of the process; any thread.  NULL is UTC. */
#ifndef TAUT_BASE_ZONE_H
#define TAUT_BASE_ZONE_H

#include "base/str.h"

struct zone;

/* "Europe/Berlin"; NULL when it is UTC, or no zone of the database. */
const struct zone *zone_find(struct str name);
/* Is there such a zone?  UTC is one. */
bool zone_exists(struct str name);
/* Seconds east of UTC at a Unix time. */
int64_t zone_offset_s(const struct zone *z, int64_t at_s);
/* The Unix time at which clocks there show this (seconds as if it were UTC): the first one when they show it twice;
 * when they never do, as if they had not been put forward. */
int64_t zone_at_s(const struct zone *z, int64_t wall_s);

#endif
