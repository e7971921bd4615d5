/* Times as people say them: "in 15 minutes", "tomorrow at 9am", "every Thursday at 14:00".
 *
 * Days begin and weeks turn in the person's own zone, whose clocks may be put forward or back in between; what names no
 * hour means 9:00, as people know it from Slack. */
#ifndef TAUT_CORE_WHEN_H
#define TAUT_CORE_WHEN_H

#include "base/arena.h"
#include "base/zone.h"

enum when_every { WHEN_ONCE, WHEN_DAILY, WHEN_WEEKLY, WHEN_MONTHLY, WHEN_YEARLY };

struct when {
    int64_t at_us; /* the first time; always later than now */
    enum when_every every;
    unsigned weekdays; /* weekly: bit 0 is Sunday */
};

/* False when it is not understood, has passed, or lies more than five years ahead. */
bool when_parse(struct arena *a, struct str text, int64_t now_us, const struct zone *zone, struct when *out);
/* Unix time ("1602288000"), or seconds from now up to a day; else as when_parse. */
bool when_read(struct arena *a, struct str text, int64_t now_us, const struct zone *zone, struct when *out);
/* The next time after now of something that began at w->at_us and recurs. */
int64_t when_next(const struct when *w, int64_t now_us, const struct zone *zone);
/* The day of the week there, 0 is Sunday. */
int when_weekday(int64_t at_us, const struct zone *zone);

#endif
