/* Is the wall clock to be believed?  One that leaps (a wrong time server, a battery gone flat) must not close days that
 * have not passed: they can never be opened again. */
#ifndef TAUT_ANALYTICS_STEADY_H
#define TAUT_ANALYTICS_STEADY_H

#include <stdbool.h>
#include <stdint.h>

struct steady { /* zero: nothing is known yet */
    bool known;
    int64_t offset_us; /* of the wall clock to the time since the machine started */
    int64_t hold_until_us;
    int64_t doubt_until_us;
};

/* Before the first look there is nothing to compare with but what is stored.  Whoever finds the wall clock far ahead of
 * that says so here: the clock is doubted for an hour, or until something else vouches for it. */
void steady_doubt(struct steady *s, int64_t boot_us);

/* wall_us, boot_us: what both clocks say now; vouched: the system says that the wall clock is right.  False for an hour
 * after a leap of more than an hour; *leap_us is the leap when it has just happened, else 0.  Who is right then says so
 * by staying there. */
bool steady_is(struct steady *s, int64_t wall_us, int64_t boot_us, bool vouched, int64_t *leap_us);

#endif
