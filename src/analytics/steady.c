#include "analytics/steady.h"

static const int64_t HOUR_US = INT64_C(3600000000);

void steady_doubt(struct steady *s, int64_t boot_us)
{
    s->doubt_until_us = boot_us + HOUR_US;
}

bool steady_is(struct steady *s, int64_t wall_us, int64_t boot_us, bool vouched, int64_t *leap_us)
{
    int64_t offset = wall_us - boot_us, leap = s->known ? offset - s->offset_us : 0;

    *leap_us = 0;
    if (leap > HOUR_US || leap < -HOUR_US) {
        *leap_us = leap;
        s->hold_until_us = boot_us + HOUR_US;
    }
    s->known = true;
    s->offset_us = offset;
    if (vouched)
        s->doubt_until_us = 0;
    return boot_us >= s->hold_until_us && boot_us >= s->doubt_until_us;
}
