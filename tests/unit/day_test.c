/* Days as numbers and as texts. */
#include "base/day.h"
#include "check.h"

static void texts(void)
{
    static const struct {
        const char *text;
        int64_t day;
    } cases[] = {
        {"1970-01-01", 0},     {"1969-12-31", -1},    {"2000-02-29", 11016},   {"2026-11-20", 20777},
        {"2026-12-31", 20818}, {"2027-01-01", 20819}, {"0001-01-01", -719162}, {"9999-12-31", 2932896},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char out[DAY_TEXT];
        int64_t day;

        CHECK(day_parse(str_c(cases[i].text), &day) && day == cases[i].day);
        day_format(day, out);
        CHECK(str_eq(str_of(out, DAY_TEXT), str_c(cases[i].text)));
    }
}

static void refused(void)
{
    static const char *const texts_of_none[] = {
        "",           "2026-02-30", "2026-02-29", "2026-13-01",  "2026-00-10", "2026-01-00",  "2026-01-32",
        "0000-01-01", "2026-1-01",  "2026-11-2",  "26-11-20",    "2026/11/20", "2026-11-20 ", "-026-11-20",
        "2026-11-2O", "+026-11-20", "1900-02-29", "2026-11-200", "today",
    };
    int64_t day;

    for (size_t i = 0; i < sizeof(texts_of_none) / sizeof(*texts_of_none); i++)
        CHECK(!day_parse(str_c(texts_of_none[i]), &day));
}

/* Each day of eight centuries comes back as itself. */
static void all(void)
{
    for (int64_t day = day_of_date(1600, 1, 1); day < day_of_date(2400, 1, 1); day++) {
        char out[DAY_TEXT];
        int64_t again;

        day_format(day, out);
        CHECK(day_parse(str_of(out, DAY_TEXT), &again) && again == day);
    }
    CHECK(day_of_us(DAY_US * 3 - 1) == 2 && day_of_us(DAY_US * 3) == 3);
}

int main(void)
{
    texts();
    refused();
    all();
    return 0;
}
