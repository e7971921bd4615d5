#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t shift_us;
static _Atomic int64_t frozen_us = -1; /* -1: the clock runs */

static int64_t read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    int64_t frozen = atomic_load(&frozen_us);

    return frozen >= 0 ? frozen : read_clock(CLOCK_REALTIME) + atomic_load(&shift_us);
}

int64_t clock_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_thread_us(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

bool clock_frozen(void)
{
    return atomic_load(&frozen_us) >= 0;
}

void clock_shift(int64_t by_us)
{
    if (clock_frozen())
        atomic_fetch_add(&frozen_us, by_us);
    else
        atomic_fetch_add(&shift_us, by_us);
}

void clock_set(int64_t now_us, bool frozen)
{
    atomic_store(&shift_us, now_us - read_clock(CLOCK_REALTIME));
    atomic_store(&frozen_us, frozen ? now_us : -1);
}

struct clock_setting clock_setting(void)
{
    return (struct clock_setting){atomic_load(&shift_us), atomic_load(&frozen_us)};
}

void clock_restore(struct clock_setting setting)
{
    atomic_store(&shift_us, setting.shift_us);
    atomic_store(&frozen_us, setting.frozen_us);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ts_parse(struct str s, int64_t *us)
{
    int64_t seconds = 0, fraction = 0;
    size_t i = 0, decimals = 0;

    for (; i < s.n && is_digit(s.p[i]); i++) {
        seconds = seconds * 10 + (s.p[i] - '0');
        if (seconds >= TS_END_S)
            return false;
    }
    if (i == 0)
        return false;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && is_digit(s.p[i]); i++, decimals++)
            if (decimals < 6)
                fraction = fraction * 10 + (s.p[i] - '0');
        if (decimals == 0)
            return false;
        for (size_t d = decimals; d < 6; d++)
            fraction *= 10;
    }
    if (i != s.n)
        return false;
    *us = seconds * US_PER_S + fraction;
    return true;
}

/* Takes n digits off *s. */
static bool take_digits(struct str *s, size_t n, int *out)
{
    *out = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s->p[i]))
            return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    *s = str_skip(*s, n);
    return true;
}

static bool take_char(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_skip(*s, 1);
    return true;
}

/* "T" may be a blank or small, as RFC 3339 allows. */
static bool take_date(struct str *s, struct tm *tm)
{
    return take_digits(s, 4, &tm->tm_year) && take_char(s, '-') && take_digits(s, 2, &tm->tm_mon) &&
           take_char(s, '-') && take_digits(s, 2, &tm->tm_mday) &&
           (take_char(s, 'T') || take_char(s, 't') || take_char(s, ' ')) && take_digits(s, 2, &tm->tm_hour) &&
           take_char(s, ':') && take_digits(s, 2, &tm->tm_min) && take_char(s, ':') && take_digits(s, 2, &tm->tm_sec);
}

static int take_fraction_us(struct str *s)
{
    int us = 0, unit = US_PER_S / 10;

    if (!take_char(s, '.'))
        return 0;
    for (; s->n && is_digit(s->p[0]); *s = str_skip(*s, 1), unit /= 10)
        us += (s->p[0] - '0') * unit;
    return us;
}

static bool take_zone(struct str *s, int *minutes)
{
    int sign = take_char(s, '+') ? 1 : -1, hours;

    *minutes = 0;
    if (sign < 0 && (take_char(s, 'Z') || take_char(s, 'z')))
        return true;
    if ((sign < 0 && !take_char(s, '-')) || !take_digits(s, 2, &hours) || !take_char(s, ':') ||
        !take_digits(s, 2, minutes) || hours > 23 || *minutes > 59)
        return false;
    *minutes = sign * (hours * 60 + *minutes);
    return true;
}

bool time_parse(struct str s, int64_t *us)
{
    struct tm tm = {0}, read;
    int fraction_us, zone;

    if (ts_parse(s, us))
        return true;
    if (!take_date(&s, &tm))
        return false;
    fraction_us = take_fraction_us(&s);
    if (!take_zone(&s, &zone) || s.n)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    read = tm;
    *us = ((int64_t)timegm(&tm) - zone * 60) * US_PER_S + fraction_us;
    /* timegm makes a day of the next month of the 31st of June: what it changed was no time. */
    return read.tm_mon == tm.tm_mon && read.tm_mday == tm.tm_mday && read.tm_hour == tm.tm_hour &&
           read.tm_min == tm.tm_min && read.tm_sec == tm.tm_sec && *us >= 0;
}

/* The number that n digits are; -1 when not all of them are digits. */
static int digits_at(const char *p, int n)
{
    int number = 0;

    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        number = number * 10 + p[i] - '0';
    }
    return number;
}

bool date_valid(struct str s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;

    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
        return false;
    year = digits_at(s.p, 4);
    month = digits_at(s.p + 5, 2);
    day = digits_at(s.p + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] || (month == 2 && day == 29 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

bool time_valid(struct str s)
{
    int hour, minute;

    if (s.n != 5 || s.p[2] != ':')
        return false;
    hour = digits_at(s.p, 2);
    minute = digits_at(s.p + 3, 2);
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

size_t ts_format(int64_t us, char out[TS_MAX])
{
    int64_t seconds = us / US_PER_S, fraction = us % US_PER_S;
    char digits[TS_MAX];
    size_t at = TS_MAX;

    for (int i = 0; i < 6; i++) {
        digits[--at] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    digits[--at] = '.';
    do {
        digits[--at] = (char)('0' + seconds % 10);
        seconds /= 10;
    } while (seconds && at > 0);
    memcpy(out, digits + at, TS_MAX - at);
    return TS_MAX - at;
}

bool duration_parse(struct str text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    int64_t n;

    if (str_to_i64(text, &n))
        return n >= 0 && !__builtin_mul_overflow(n, 1000, ms);
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        struct str unit = str_c(units[i].unit);
        if (str_ends(text, unit) && str_to_i64(str_head(text, text.n - unit.n), &n))
            return n >= 0 && !__builtin_mul_overflow(n, units[i].ms, ms);
    }
    return false;
}
