#include "core/when.h"

#include <time.h>

#include "base/clock.h"
#include "base/utf8.h"

enum { WORDS_MAX = 12, DEFAULT_HOUR = 9, DAY_S = 86400, YEARS_MAX = 5, TEXT_MAX_BYTES = 200 };

/* Words of the text, lower case, commas gone; what was understood is taken off the front. */
struct words {
    struct str v[WORDS_MAX];
    int n, at;
};

/* What has been understood so far; a day is a date of the person's own time. */
struct said {
    int64_t now_s;  /* the person's wall clock, as if it were UTC */
    int64_t day_s;  /* midnight of the day that was named */
    int64_t time_s; /* of that day */
    int64_t relative_s;
    bool has_day, has_time, has_relative, day_may_move; /* a weekday or a date without year: later if it has passed */
    enum when_every every;
    unsigned weekdays;
};

/* --- words ---------------------------------------------------------------------------------------------------- */

static bool split(struct arena *a, struct str text, struct words *w)
{
    struct str rest = utf8_fold(a, str_trim(text)), piece;

    *w = (struct words){0};
    if (text.n > TEXT_MAX_BYTES)
        return false;
    while (rest.n && str_cut(&rest, ' ', &piece)) {
        while (str_ends(piece, S(",")))
            piece = str_head(piece, piece.n - 1);
        if (!piece.n)
            continue;
        if (w->n == WORDS_MAX)
            return false;
        w->v[w->n++] = piece;
    }
    return w->n > 0;
}

static struct str word(const struct words *w)
{
    return w->at < w->n ? w->v[w->at] : S("");
}

static bool take(struct words *w, const char *text)
{
    if (!str_eq(word(w), str_c(text)))
        return false;
    w->at++;
    return true;
}

/* A number, or "a", "an", "one" … "ten". */
static bool take_count(struct words *w, int64_t *n)
{
    static const char *const names[] = {"a",   "one",   "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine",  "ten"};

    if (str_to_i64(word(w), n)) {
        w->at++;
        return *n > 0 && *n < 100000000;
    }
    *n = 1;
    if (take(w, "an"))
        return true;
    for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++) {
        if (!take(w, names[i]))
            continue;
        *n = i ? i : 1;
        return true;
    }
    return false;
}

/* One of a table of names: whole, or by its first three letters and then by more of it ("thu", "thurs"). */
static int find_name(struct str text, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (text.n >= 3 && str_starts(str_c(names[i]), text))
            return i;
    return -1;
}

static int weekday_of(struct str text)
{
    static const char *const days[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    bool plural = text.n > 5 && str_ends(text, S("days"));

    return find_name(plural ? str_head(text, text.n - 1) : text, days, 7);
}

static int month_of(struct str text)
{
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};

    return find_name(text, months, 12);
}

/* --- days ----------------------------------------------------------------------------------------------------- */

static int64_t midnight(int64_t s)
{
    return s / DAY_S * DAY_S;
}

static struct tm date_of(int64_t s)
{
    time_t t = (time_t)s;
    struct tm tm;

    gmtime_r(&t, &tm);
    return tm;
}

/* False for the 31st of June. */
static bool date_to_s(int year, int month, int day, int64_t *s)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = day};

    *s = (int64_t)timegm(&tm);
    return tm.tm_mon == month && tm.tm_mday == day && year >= 1970 && year < 9999;
}

/* What clocks there show, as seconds as if it were UTC; and back. */
static int64_t wall_of(const struct zone *zone, int64_t at_us)
{
    return at_us / US_PER_S + zone_offset_s(zone, at_us / US_PER_S);
}

static int64_t us_of(const struct zone *zone, int64_t wall_s)
{
    return zone_at_s(zone, wall_s) * US_PER_S;
}

int when_weekday(int64_t at_us, const struct zone *zone)
{
    return date_of(wall_of(zone, at_us)).tm_wday;
}

static void set_day(struct said *s, int64_t day_s)
{
    s->day_s = day_s;
    s->has_day = true;
}

static void set_weekday(struct said *s, int weekday)
{
    int today = date_of(s->now_s).tm_wday;

    set_day(s, midnight(s->now_s) + (int64_t)((weekday - today + 7) % 7) * DAY_S);
    s->day_may_move = true;
}

/* "5", "5th", "22nd". */
static bool day_number(struct str text, int *day)
{
    static const char *const ends[] = {"st", "nd", "rd", "th"};
    int64_t n;

    for (size_t i = 0; i < 4; i++)
        if (str_ends(text, str_c(ends[i]))) {
            text = str_head(text, text.n - 2);
            break;
        }
    if (!str_to_i64(text, &n) || n < 1 || n > 31)
        return false;
    *day = (int)n;
    return true;
}

static bool set_date(struct said *s, int year, int month, int day)
{
    int this_year = date_of(s->now_s).tm_year + 1900;
    int64_t day_s;

    if (!date_to_s(year ? year : this_year, month, day, &day_s))
        return false;
    if (!year && day_s < midnight(s->now_s) && !date_to_s(this_year + 1, month, day, &day_s))
        return false;
    set_day(s, day_s);
    return true;
}

/* A year behind a date, if one stands there. */
static int take_year(struct words *w)
{
    int64_t year;

    if (word(w).n != 4 || !str_to_i64(word(w), &year) || year < 1970)
        return 0;
    w->at++;
    return (int)year;
}

/* "2026-03-05", "3/5/2026", "3/5" */
static bool numeric_date(struct str text, int *year, int *month, int *day)
{
    bool iso = str_chr(text, '-') == 4;
    struct str piece;
    int64_t v[3] = {0};
    int n = 0;

    while (n < 3 && text.n && str_cut(&text, iso ? '-' : '/', &piece))
        if (!str_to_i64(piece, &v[n++]))
            return false;
    if (text.n || n < (iso ? 3 : 2))
        return false;
    *year = (int)(iso ? v[0] : v[2]);
    *month = (int)(iso ? v[1] : v[0]) - 1;
    *day = (int)(iso ? v[2] : v[1]);
    return v[0] > 0 && v[0] < 9999 && v[1] > 0 && v[1] < 32 && v[2] >= 0 && v[2] < 9999;
}

/* "march 5", "march 5th 2027", "5 march", "5th of march" */
static bool take_named_date(struct words *w, struct said *s)
{
    struct words before = *w;
    int day = 0, month = month_of(word(w));

    if (month >= 0) {
        w->at++;
        if (day_number(word(w), &day)) {
            w->at++;
            return set_date(s, take_year(w), month, day);
        }
    } else if (day_number(word(w), &day)) {
        w->at++;
        take(w, "of");
        month = month_of(word(w));
        if (month >= 0) {
            w->at++;
            return set_date(s, take_year(w), month, day);
        }
    }
    *w = before;
    return false;
}

static bool take_day(struct words *w, struct said *s)
{
    int year, month, day;

    if (take(w, "today")) {
        set_day(s, midnight(s->now_s));
        return true;
    }
    if (take(w, "tonight")) {
        set_day(s, midnight(s->now_s));
        s->time_s = 20 * 3600;
        s->has_time = true;
        return true;
    }
    if (take(w, "tomorrow")) {
        set_day(s, midnight(s->now_s) + DAY_S);
        return true;
    }
    if (weekday_of(word(w)) >= 0) {
        set_weekday(s, weekday_of(word(w)));
        w->at++;
        return true;
    }
    if (numeric_date(word(w), &year, &month, &day)) {
        w->at++;
        return month >= 0 && month < 12 && set_date(s, year, month, day);
    }
    return take_named_date(w, s);
}

/* "next monday" is that of the coming week, "next week" its Monday, "next month" its first day. */
static bool take_next(struct words *w, struct said *s)
{
    struct tm today = date_of(s->now_s);
    int64_t monday_s = midnight(s->now_s) + ((8 - today.tm_wday) % 7 ? (8 - today.tm_wday) % 7 : 7) * (int64_t)DAY_S;
    int weekday;

    if (!take(w, "next"))
        return false;
    if (take(w, "week")) {
        set_day(s, monday_s);
        return true;
    }
    if (take(w, "month"))
        return set_date(s, today.tm_year + 1900 + (today.tm_mon == 11), (today.tm_mon + 1) % 12, 1);
    weekday = weekday_of(word(w));
    if (weekday < 0)
        return false;
    w->at++;
    set_day(s, monday_s + (int64_t)((weekday + 6) % 7) * DAY_S);
    return true;
}

/* --- hours ---------------------------------------------------------------------------------------------------- */

/* "9", "9:30", "14:00", with "am" or "pm" behind it or as the next word. */
static bool take_clock(struct words *w, struct said *s, bool alone)
{
    struct words before = *w;
    struct str text = word(w), hour_text;
    int64_t hour, minute = 0;
    int half = 0; /* 1 am, 2 pm */

    w->at++;
    if (str_ends(text, S("am")) || str_ends(text, S("pm"))) {
        half = str_ends(text, S("am")) ? 1 : 2;
        text = str_head(text, text.n - 2);
    } else if (take(w, "am") || take(w, "a.m.")) {
        half = 1;
    } else if (take(w, "pm") || take(w, "p.m.")) {
        half = 2;
    }
    alone = alone || half || str_chr(text, ':') > 0;
    if (!alone || !str_cut(&text, ':', &hour_text) || !str_to_i64(hour_text, &hour) ||
        (text.n && (text.n != 2 || !str_to_i64(text, &minute))) || minute < 0 || minute > 59 || hour < 0 ||
        hour > (half ? 12 : 23) || (half && hour == 0)) {
        *w = before;
        return false;
    }
    if (half)
        hour = hour % 12 + (half == 2 ? 12 : 0);
    s->time_s = hour * 3600 + minute * 60;
    s->has_time = true;
    return true;
}

static bool take_time(struct words *w, struct said *s)
{
    static const struct {
        const char *name;
        int hour;
    } names[] = {{"noon", 12}, {"midnight", 0}, {"morning", 9}, {"afternoon", 13}, {"evening", 18}};
    bool at = take(w, "at");

    take(w, "the");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!take(w, names[i].name))
            continue;
        s->time_s = names[i].hour * 3600;
        s->has_time = true;
        return true;
    }
    return w->at < w->n && take_clock(w, s, at);
}

/* --- spans and repetitions ------------------------------------------------------------------------------------ */

static int64_t unit_s(struct str text)
{
    static const struct {
        const char *name;
        int64_t s;
    } units[] = {
        {"second", 1},         {"sec", 1},           {"s", 1},    {"minute", 60}, {"min", 60},  {"m", 60},
        {"hour", 3600},        {"hr", 3600},         {"h", 3600}, {"day", DAY_S}, {"d", DAY_S}, {"week", 7 * DAY_S},
        {"month", 30 * DAY_S}, {"year", 365 * DAY_S}};

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        struct str name = str_c(units[i].name);
        if (str_eq(text, name) || (str_starts(text, name) && str_eq(str_skip(text, name.n), S("s"))))
            return units[i].s;
    }
    return 0;
}

#define SPAN_MAX_S (INT64_C(10) * 366 * DAY_S)

/* "in 15 minutes", "in an hour and 5 minutes", "2 hours from now" */
static bool take_span(struct words *w, struct said *s)
{
    struct words before = *w;
    bool in = take(w, "in"), ok;
    int64_t n, unit, sum_s = 0;

    do {
        ok = take_count(w, &n) && (unit = unit_s(word(w))) != 0;
        w->at += ok;
        sum_s += ok ? n * unit : 0;
    } while (ok && take(w, "and"));
    if (!ok || sum_s > SPAN_MAX_S || (!in && !(take(w, "from") && take(w, "now")))) {
        *w = before;
        return false;
    }
    s->relative_s = sum_s;
    s->has_relative = true;
    return true;
}

/* Weekdays behind "every": "monday and thursday", "monday, friday". */
static bool take_weekdays(struct words *w, struct said *s)
{
    int weekday = weekday_of(word(w));

    if (weekday < 0)
        return false;
    while (weekday >= 0) {
        s->weekdays |= 1u << weekday;
        w->at++;
        take(w, "and");
        weekday = weekday_of(word(w));
    }
    s->every = WHEN_WEEKLY;
    return true;
}

enum { WORKDAYS = 0x3e };

static bool take_every(struct words *w, struct said *s)
{
    if (take(w, "daily")) {
        s->every = WHEN_DAILY;
        return true;
    }
    if (take(w, "weekly")) {
        s->every = WHEN_WEEKLY;
        return true;
    }
    if (str_ends(word(w), S("days")) && weekday_of(word(w)) >= 0)
        return take_weekdays(w, s); /* "mondays at 9" */
    if (!take(w, "every") && !take(w, "each"))
        return false;
    if (take(w, "day"))
        s->every = WHEN_DAILY;
    else if (take(w, "week"))
        s->every = WHEN_WEEKLY;
    else if (take(w, "month"))
        s->every = WHEN_MONTHLY;
    else if (take(w, "year"))
        s->every = WHEN_YEARLY;
    else if (take(w, "weekday") || take(w, "workday")) {
        s->every = WHEN_WEEKLY;
        s->weekdays = WORKDAYS;
    } else if (take_weekdays(w, s))
        return true;
    else if (take_named_date(w, s))
        s->every = WHEN_YEARLY;
    return s->every != WHEN_ONCE;
}

/* --- together ------------------------------------------------------------------------------------------------- */

static bool take_piece(struct words *w, struct said *s)
{
    if (s->every == WHEN_ONCE && !s->has_day && !s->has_relative && take_span(w, s))
        return true;
    if (s->every == WHEN_ONCE && take_every(w, s))
        return true;
    if (take(w, "on") || take(w, "this"))
        return true;
    if (!s->has_day && (take_next(w, s) || take_day(w, s)))
        return true;
    if (!s->has_time && take(w, "in"))
        return take_time(w, s); /* "tomorrow in the morning" */
    return !s->has_time && take_time(w, s);
}

/* The person's wall clock of the first time. */
static int64_t first_s(struct said *s)
{
    int64_t at_s;

    if (!s->has_time)
        s->time_s = DEFAULT_HOUR * 3600;
    at_s = (s->has_day ? s->day_s : midnight(s->now_s)) + s->time_s;
    if (!s->has_day && at_s <= s->now_s)
        at_s += DAY_S;
    if (s->day_may_move && at_s <= s->now_s)
        at_s += 7 * DAY_S;
    if (s->every == WHEN_WEEKLY && !s->weekdays)
        s->weekdays = 1u << date_of(at_s).tm_wday;
    while (s->every == WHEN_WEEKLY && !(s->weekdays >> date_of(at_s).tm_wday & 1))
        at_s += DAY_S;
    return at_s;
}

bool when_parse(struct arena *a, struct str text, int64_t now_us, const struct zone *zone, struct when *out)
{
    struct said s = {.now_s = wall_of(zone, now_us)};
    struct words w;

    if (!split(a, text, &w))
        return false;
    while (w.at < w.n)
        if (!take_piece(&w, &s))
            return false;
    if ((s.has_relative && (s.has_day || s.has_time || s.every)) ||
        !(s.has_relative || s.has_day || s.has_time || s.every))
        return false;
    *out = (struct when){.at_us = s.has_relative ? now_us / US_PER_S * US_PER_S + s.relative_s * US_PER_S
                                                 : us_of(zone, first_s(&s)),
                         .every = s.every,
                         .weekdays = s.weekdays};
    return out->at_us > now_us && out->at_us <= now_us + (int64_t)YEARS_MAX * 366 * DAY_S * US_PER_S;
}

bool when_read(struct arena *a, struct str text, int64_t now_us, const struct zone *zone, struct when *out)
{
    int64_t n;

    if (!str_to_i64(str_trim(text), &n))
        return when_parse(a, text, now_us, zone, out);
    if (n <= 0 || n > TS_END_S)
        return false;
    *out = (struct when){.at_us = n <= DAY_S ? now_us + n * US_PER_S : n * US_PER_S};
    return out->at_us > now_us && out->at_us <= now_us + (int64_t)YEARS_MAX * 366 * DAY_S * US_PER_S;
}

/* The same day of the month n months on; a month that is too short is passed over. */
static int64_t months_on(int64_t start_s, int n)
{
    struct tm tm = date_of(start_s);
    int month = tm.tm_mon + n;
    int64_t day_s;

    return date_to_s(tm.tm_year + 1900 + month / 12, month % 12, tm.tm_mday, &day_s) ? day_s + start_s % DAY_S : 0;
}

enum { MONTHS_MAX = 12 * 10000 };

/* The wall clock's next time after now_s. */
static int64_t next_s(const struct when *w, int64_t start_s, int64_t now_s)
{
    int64_t at_s = start_s;

    if (w->every == WHEN_MONTHLY || w->every == WHEN_YEARLY) {
        for (int n = 0; at_s <= now_s && n < MONTHS_MAX; n += w->every == WHEN_YEARLY ? 12 : 1)
            at_s = months_on(start_s, n);
        return at_s <= now_s ? TS_END_S : at_s; /* past the last date there is */
    }
    if (at_s <= now_s)
        at_s += ((now_s - at_s) / DAY_S + 1) * DAY_S;
    while (w->every == WHEN_WEEKLY && !(w->weekdays >> date_of(at_s).tm_wday & 1))
        at_s += DAY_S;
    return at_s;
}

int64_t when_next(const struct when *w, int64_t now_us, const struct zone *zone)
{
    int64_t start_s = wall_of(zone, w->at_us), now_s = wall_of(zone, now_us), at_s = next_s(w, start_s, now_s);

    /* What clocks show twice has passed once. */
    while (us_of(zone, at_s) <= now_us && at_s < TS_END_S)
        at_s = next_s(w, start_s, at_s);
    return us_of(zone, at_s);
}
