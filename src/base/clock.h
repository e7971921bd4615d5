/* Time: microseconds since 1970 in int64_t, and timestamps ("1503435956.000247"). */
#ifndef TAUT_BASE_CLOCK_H
#define TAUT_BASE_CLOCK_H

#include "base/str.h"

enum { US_PER_S = 1000000 };

/* The wall clock, plus what clock_shift moved it by.  Thread-safe. */
int64_t clock_now_us(void);
/* The machine's monotonic clock, for deadlines and durations; tests do not move it. */
int64_t clock_mono_us(void);
/* What this thread has used of a processor. */
int64_t clock_thread_us(void);
/* Moves clock_now_us; for `taut dev --clock` and tests. */
void clock_shift(int64_t by_us);
/* Stops the clock at a time (or lets it run from there, when frozen is false). */
void clock_set(int64_t now_us, bool frozen);
bool clock_frozen(void);
/* How the clock is set, to put it back later. */
struct clock_setting {
    int64_t shift_us, frozen_us;
};
struct clock_setting clock_setting(void);
void clock_restore(struct clock_setting setting);

/* The year 10000: what no ts may reach. */
#define TS_END_S INT64_C(253402300800)

/* Reads a ts: "1669852800", "1669852800.0" or "1669852800.000000" (wire.md: clients send all three).
 * Decimals past the sixth are passed over: Python's time.time() has seven.  False on anything else, on a sign, and past
 * the year 9999. */
bool ts_parse(struct str s, int64_t *us);
/* Reads what ts_parse reads, and RFC 3339: "2026-11-24T09:00:00Z", "2026-11-24T10:00:00.5+01:00". */
bool time_parse(struct str s, int64_t *us);
/* A day that there is, of the years 1 to 9999: "2026-11-24". */
bool date_valid(struct str s);
/* "23:59" */
bool time_valid(struct str s);
enum { TS_MAX = 20 };
/* Writes "1503435956.000247" to out (TS_MAX bytes at least); returns its length. */
size_t ts_format(int64_t us, char out[TS_MAX]);

/* "200ms", "90s", "5m", "2h", "3d", or plain seconds, as milliseconds. */
bool duration_parse(struct str text, int64_t *ms);

#endif
