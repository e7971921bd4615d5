#include "live/meter.h"

#include <stdlib.h>

#define HOUR_US INT64_C(3600000000)
#define MINUTE_US INT64_C(60000000)

static struct line_meter *meter_of(struct line_meter **meters, int64_t team)
{
    struct line_meter *m = *meters;

    while (m && m->team != team)
        m = m->next;
    if (m)
        return m;
    m = calloc(1, sizeof(*m));
    if (!m)
        abort();
    m->team = team;
    m->next = *meters;
    *meters = m;
    return m;
}

enum meter_answer meter_take(struct line_meter **meters, int64_t team, int64_t now_us)
{
    struct line_meter *m = meter_of(meters, team);
    int64_t minute_us = now_us - now_us % MINUTE_US;

    if (now_us - m->hour_us >= HOUR_US) {
        m->hour_us = now_us;
        m->count = 0;
    }
    if (m->count < METER_EVENTS_MAX) {
        m->count++;
        return METER_GO;
    }
    if (m->told_us == minute_us)
        return METER_DROP;
    m->told_us = minute_us;
    return METER_TELL;
}

void meters_free(struct line_meter *meters)
{
    while (meters) {
        struct line_meter *next = meters->next;
        free(meters);
        meters = next;
    }
}

bool health_note(struct line_health *h, bool ok, int64_t now_us)
{
    if (now_us - h->hour_us >= HOUR_US)
        *h = (struct line_health){.hour_us = now_us};
    h->count++;
    h->failed += !ok;
    return h->count >= HEALTH_EVENTS_MIN && h->failed * 100 > h->count * HEALTH_FAILED_PERCENT;
}
