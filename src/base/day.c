#include "base/day.h"

/* Howard Hinnant's days_from_civil. */
int64_t day_of_date(int64_t y, int m, int d)
{
    int64_t era, doe;
    int doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 + doy;
    return era * 146097 + doe - 719468;
}

int64_t day_of_us(int64_t us)
{
    return us / DAY_US;
}

/* n digits at text, as a number; -1 when they are none. */
static int digits(const char *text, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        v = v * 10 + (text[i] - '0');
    }
    return v;
}

static int days_in(int y, int m)
{
    return (int)(m == 12 ? 31 : day_of_date(y, m + 1, 1) - day_of_date(y, m, 1));
}

bool day_parse(struct str text, int64_t *day)
{
    int y, m, d;

    if (text.n != DAY_TEXT || text.p[4] != '-' || text.p[7] != '-')
        return false;
    y = digits(text.p, 4);
    m = digits(text.p + 5, 2);
    d = digits(text.p + 8, 2);
    if (y < 1 || m < 1 || m > 12 || d < 1 || d > days_in(y, m))
        return false;
    *day = day_of_date(y, m, d);
    return true;
}

static void put_digits(char *out, int n, int64_t v)
{
    for (int i = n - 1; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
}

void day_format(int64_t day, char out[DAY_TEXT])
{
    int64_t y = 1970 + day * 400 / 146097; /* at most a year off */
    int m = 1;

    while (day_of_date(y, 1, 1) > day)
        y--;
    while (day_of_date(y + 1, 1, 1) <= day)
        y++;
    while (m < 12 && day_of_date(y, m + 1, 1) <= day)
        m++;
    put_digits(out, 4, y);
    out[4] = out[7] = '-';
    put_digits(out + 5, 2, m);
    put_digits(out + 8, 2, day - day_of_date(y, m, 1) + 1);
}
