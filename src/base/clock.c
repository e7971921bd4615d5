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
        for (i++; i < s.n && is_digit(s.p[i]) && decimals < 6; i++, decimals++)
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
