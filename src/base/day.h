/* UTC days as numbers: days since 1970-01-01. */
#ifndef TAUT_BASE_DAY_H
#define TAUT_BASE_DAY_H

#include "base/clock.h"

#define DAY_US (INT64_C(86400) * US_PER_S)

enum { DAY_TEXT = 10 };

/* Of a month (1 to 12) and a day (1 and on) of any year of the Gregorian calendar. */
int64_t day_of_date(int64_t year, int month, int day);
/* The day that a time lies in. */
int64_t day_of_us(int64_t us);
/* Reads "2026-11-24"; false on anything else, on days that no month has, and outside of the years 1 to 9999. */
bool day_parse(struct str text, int64_t *day);
/* Writes "2026-11-24" to out; DAY_TEXT bytes, not NUL-ended.  Years 1 to 9999. */
void day_format(int64_t day, char out[DAY_TEXT]);

#endif
