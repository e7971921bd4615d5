/* Rows of the analytics files: newline-delimited JSON. */
#ifndef TAUT_ANALYTICS_ROWS_H
#define TAUT_ANALYTICS_ROWS_H

#include "analytics/day.h"
#include "analytics/gz.h"

/* All members of the day. */
enum err rows_members(struct day *d, struct gz *out);
/* The public channels of the day.  After rows_members or day_members. */
enum err rows_channels(struct day *d, struct gz *out);
/* What the public channels are called today; d is of today. */
enum err rows_metadata(struct day *d, struct gz *out);
/* The totals of one day.  live: it is not over. */
void rows_totals(struct day *d, struct str totals, bool live, struct gz *out);

#endif
