/* Days, months and years as people write them. */
#include "core/search_query.h"

enum { SPAN_TEXT = 32 };
#define DAY_US (INT64_C(86400) * 1000000)

static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    /* Counted from March, so that the leap day is a year's last. */
    int64_t era, year_of_era, day_of_year;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    year_of_era = y - era * 400;
    day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
    int64_t era, day_of_era, year_of_era, day_of_year, month;

    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    day_of_era = days - era * 146097;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    *d = day_of_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = year_of_era + era * 400 + (*m <= 2);
}

/* Days from and to (exclusive). */
struct days {
    int64_t from, to;
};

static struct days month_days(int64_t y, int64_t m)
{
    return (struct days){days_of(y, m, 1), m == 12 ? days_of(y + 1, 1, 1) : days_of(y, m + 1, 1)};
}

static bool month_named(struct str text, int64_t *m)
{
    static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};

    for (int i = 0; i < 12; i++) {
        if (text.n >= 3 && str_starts(str_c(names[i]), text)) {
            *m = i + 1;
            return true;
        }
    }
    return false;
}

/* "2024-05-01" and "5/1/2024" as their numbers; how many, 0 when it is something else. */
static int numbers(struct str text, int64_t out[3])
{
    int n = 0;

    while (text.n) {
        size_t len = 0;

        while (len < text.n && text.p[len] >= '0' && text.p[len] <= '9')
            len++;
        if (n == 3 || len == 0 || len > 4 || !str_to_i64(str_head(text, len), &out[n++]))
            return 0;
        text = str_skip(text, len);
        if (text.n && (text.p[0] != '-' && text.p[0] != '/' && text.p[0] != '.'))
            return 0;
        text = str_skip(text, 1);
    }
    return n;
}

static bool is_date(int64_t y, int64_t m, int64_t d)
{
    struct days month;

    if (y < 1970 || y > 9999 || m < 1 || m > 12 || d < 1)
        return false;
    month = month_days(y, m);
    return d <= month.to - month.from;
}

static bool numbered(struct str text, struct days *out)
{
    int64_t v[3];
    int n = numbers(text, v);

    if (n == 3 && v[0] < 1000) { /* month/day/year */
        int64_t year = v[2];
        v[2] = v[1];
        v[1] = v[0];
        v[0] = year;
    }
    if (n == 0 || !is_date(v[0], n > 1 ? v[1] : 1, n > 2 ? v[2] : 1))
        return false;
    if (n == 1)
        *out = (struct days){days_of(v[0], 1, 1), days_of(v[0] + 1, 1, 1)};
    else if (n == 2)
        *out = month_days(v[0], v[1]);
    else
        *out = (struct days){days_of(v[0], v[1], v[2]), days_of(v[0], v[1], v[2]) + 1};
    return true;
}

static bool named(struct str text, int64_t today, struct days *out)
{
    int64_t y, m, d;
    int64_t weekday = (today + 3) % 7; /* Monday is 0 */

    date_of(today, &y, &m, &d);
    if (str_eq(text, S("today")))
        *out = (struct days){today, today + 1};
    else if (str_eq(text, S("yesterday")))
        *out = (struct days){today - 1, today};
    else if (str_eq(text, S("week")))
        *out = (struct days){today - weekday, today - weekday + 7};
    else if (str_eq(text, S("month")))
        *out = month_days(y, m);
    else if (str_eq(text, S("year")))
        *out = (struct days){days_of(y, 1, 1), days_of(y + 1, 1, 1)};
    else
        return false;
    return true;
}

bool search_span(struct str text, int64_t now_us, int64_t tz_s, int64_t *from_us, int64_t *to_us)
{
    char folded[SPAN_TEXT];
    struct str s = {folded, text.n};
    int64_t today = (now_us + tz_s * 1000000) / DAY_US, y, m, d;
    struct days days;

    if (text.n == 0 || text.n > sizeof(folded))
        return false;
    for (size_t i = 0; i < text.n; i++)
        folded[i] = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 32) : text.p[i];
    if (month_named(s, &m)) { /* the last one that has begun */
        int64_t this_month;
        date_of(today, &y, &this_month, &d);
        days = month_days(m > this_month ? y - 1 : y, m);
    } else if (!named(s, today, &days) && !numbered(s, &days)) {
        return false;
    }
    *from_us = days.from * DAY_US - tz_s * 1000000;
    *to_us = days.to * DAY_US - tz_s * 1000000;
    return true;
}
