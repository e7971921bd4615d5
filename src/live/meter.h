/* How an app fares: how many events it got this hour, and how many of them failed. */
#ifndef TAUT_LIVE_METER_H
#define TAUT_LIVE_METER_H

#include <stdbool.h>
#include <stdint.h>

enum { METER_EVENTS_MAX = 30000, HEALTH_EVENTS_MIN = 1000, HEALTH_FAILED_PERCENT = 95 };

/* Of one workspace. */
struct line_meter {
    struct line_meter *next;
    int64_t team;
    int64_t hour_us; /* when the hour under way began */
    int64_t count;
    int64_t told_us; /* the minute the app was last told of */
};

enum meter_answer { METER_GO, METER_DROP, METER_TELL };
/* May one more go?  METER_TELL: no, and the app is to be told, which happens once a minute. */
enum meter_answer meter_take(struct line_meter **meters, int64_t team, int64_t now_us);
void meters_free(struct line_meter *meters);

struct line_health {
    int64_t hour_us;
    int64_t count, failed;
};

/* Notes one delivery; true when more than 95 of a hundred failed within the hour, of a thousand at least. */
bool health_note(struct line_health *h, bool ok, int64_t now_us);

#endif
