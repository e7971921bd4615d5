/* core/when: times as people say them. */
#include "check.h"

#include "base/clock.h"
#include "core/when.h"

/* Friday, 2026-01-02, 10:00 in UTC. */
#define NOW_S INT64_C(1767348000)
#define DAY INT64_C(86400)
#define BERLIN_FORWARD INT64_C(1774746000)
#define BERLIN_BACK INT64_C(1792890000)
#define MIDNIGHT (NOW_S - 10 * 3600)

static struct arena *arena;

static int64_t first(const char *text)
{
    struct when w;

    return when_read(arena, str_c(text), NOW_S * US_PER_S, NULL, &w) ? w.at_us / US_PER_S : -1;
}

static void once(void)
{
    CHECK(first("in 15 minutes") == NOW_S + 900);
    CHECK(first("In An Hour") == NOW_S + 3600);
    CHECK(first("in 1 hour and 5 minutes") == NOW_S + 3900);
    CHECK(first("two days from now") == NOW_S + 2 * DAY);
    CHECK(first("60") == NOW_S + 60);
    CHECK(first("1767434400") == NOW_S + DAY);
    CHECK(first("tomorrow") == MIDNIGHT + DAY + 9 * 3600);
    CHECK(first("tomorrow at 9am") == MIDNIGHT + DAY + 9 * 3600);
    CHECK(first("at 2:30 pm tomorrow") == MIDNIGHT + DAY + 14 * 3600 + 1800);
    CHECK(first("today at 14:00") == MIDNIGHT + 14 * 3600);
    CHECK(first("tonight") == MIDNIGHT + 20 * 3600);
    CHECK(first("at noon") == MIDNIGHT + 12 * 3600);
    CHECK(first("8am") == MIDNIGHT + DAY + 8 * 3600);
    CHECK(first("at 12am") == MIDNIGHT + DAY);
    CHECK(first("Thursday") == MIDNIGHT + 6 * DAY + 9 * 3600);
    CHECK(first("on friday at 9am") == MIDNIGHT + 7 * DAY + 9 * 3600);
    CHECK(first("friday at 11am") == MIDNIGHT + 11 * 3600);
    CHECK(first("next week") == MIDNIGHT + 3 * DAY + 9 * 3600);
    CHECK(first("next monday at 8:15") == MIDNIGHT + 3 * DAY + 8 * 3600 + 900);
    CHECK(first("next month") == MIDNIGHT + 30 * DAY + 9 * 3600);
    CHECK(first("January 5th") == MIDNIGHT + 3 * DAY + 9 * 3600);
    CHECK(first("5 jan 2026 at 7pm") == MIDNIGHT + 3 * DAY + 19 * 3600);
    CHECK(first("1/5/2026") == MIDNIGHT + 3 * DAY + 9 * 3600);
    CHECK(first("2026-01-05 18:00") == MIDNIGHT + 3 * DAY + 18 * 3600);
    CHECK(first("tomorrow in the morning") == MIDNIGHT + DAY + 9 * 3600);
    CHECK(first("january 1") == MIDNIGHT + 364 * DAY + 9 * 3600);
}

static void refused(void)
{
    static const char *const texts[] = {"",
                                        "   ",
                                        "soon",
                                        "in minutes",
                                        "in 5",
                                        "5 minutes",
                                        "tomorrow tomorrow",
                                        "at 25:00",
                                        "at 13pm",
                                        "at 9:7",
                                        "june 31",
                                        "2026-13-01",
                                        "today at 9am",
                                        "yesterday",
                                        "in 6 years",
                                        "0",
                                        "-5",
                                        "86401",
                                        "every",
                                        "every moon",
                                        "in 5 minutes at 9",
                                        "one two three four five six seven eight nine ten a a a a"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        CHECK(first(texts[i]) == -1);
}

static void check_every(const char *text, enum when_every every, int64_t at_s, int64_t next_s)
{
    struct when w;

    CHECK(when_parse(arena, str_c(text), NOW_S * US_PER_S, NULL, &w));
    CHECK(w.every == every);
    CHECK(w.at_us == at_s * US_PER_S);
    CHECK(when_next(&w, w.at_us, NULL) == next_s * US_PER_S);
}

static void recurring(void)
{
    check_every("every day at 9am", WHEN_DAILY, MIDNIGHT + DAY + 9 * 3600, MIDNIGHT + 2 * DAY + 9 * 3600);
    check_every("every Thursday", WHEN_WEEKLY, MIDNIGHT + 6 * DAY + 9 * 3600, MIDNIGHT + 13 * DAY + 9 * 3600);
    check_every("every monday and wednesday at 14:00", WHEN_WEEKLY, MIDNIGHT + 3 * DAY + 14 * 3600,
                MIDNIGHT + 5 * DAY + 14 * 3600);
    check_every("every weekday at 11", WHEN_WEEKLY, MIDNIGHT + 11 * 3600, MIDNIGHT + 3 * DAY + 11 * 3600);
    check_every("mondays at 9", WHEN_WEEKLY, MIDNIGHT + 3 * DAY + 9 * 3600, MIDNIGHT + 10 * DAY + 9 * 3600);
    check_every("every month at 11am", WHEN_MONTHLY, MIDNIGHT + 11 * 3600, MIDNIGHT + 31 * DAY + 11 * 3600);
    check_every("every january 5", WHEN_YEARLY, MIDNIGHT + 3 * DAY + 9 * 3600, MIDNIGHT + 368 * DAY + 9 * 3600);
}

/* Nine in the morning is the person's nine. */
static void zones(void)
{
    struct when w;

    CHECK(when_parse(arena, S("tomorrow at 9am"), NOW_S * US_PER_S, zone_find(S("Etc/GMT+5")), &w));
    CHECK(w.at_us == (MIDNIGHT + DAY + 14 * 3600) * US_PER_S);
    CHECK(when_weekday(MIDNIGHT * US_PER_S, NULL) == 5);
    CHECK(when_weekday(MIDNIGHT * US_PER_S, zone_find(S("Etc/GMT+1"))) == 4);
}

/* Clocks are put forward on 29 March 2026 at 2:00, back on 25 October at 3:00 (UTC 1:00 both times). */
static void summer_time(void)
{
    const struct zone *berlin = zone_find(S("Europe/Berlin"));
    struct when w;

    CHECK(berlin && zone_exists(S("Europe/Berlin")) && !zone_exists(S("Europe/Nowhere")) &&
          !zone_exists(S("../passwd")));
    CHECK(zone_offset_s(berlin, BERLIN_FORWARD - 1) == 3600 && zone_offset_s(berlin, BERLIN_FORWARD) == 7200);
    CHECK(zone_offset_s(berlin, BERLIN_BACK - 1) == 7200 && zone_offset_s(berlin, BERLIN_BACK) == 3600);
    /* 2:30 is shown never, and twice. */
    CHECK(zone_at_s(berlin, BERLIN_FORWARD + 3600 + 1800) == BERLIN_FORWARD + 1800);
    CHECK(zone_at_s(berlin, BERLIN_BACK + 3600 + 1800) == BERLIN_BACK - 1800);
    /* Beyond the changes that the file tells: 15 July 2060, and 15 January. */
    CHECK(zone_offset_s(berlin, INT64_C(2857075200)) == 7200 && zone_offset_s(berlin, INT64_C(2841350400)) == 3600);
    CHECK(zone_offset_s(zone_find(S("Australia/Sydney")), INT64_C(2841350400)) == 11 * 3600);
    CHECK(zone_offset_s(zone_find(S("Asia/Kolkata")), NOW_S) == 19800);
    /* Said on Saturday, for nine on Sunday; and every day at nine, over the change. */
    CHECK(when_parse(arena, S("tomorrow at 9am"), (BERLIN_FORWARD - 12 * 3600) * US_PER_S, berlin, &w));
    CHECK(w.at_us == (BERLIN_FORWARD + 6 * 3600) * US_PER_S);
    CHECK(when_parse(arena, S("every day at 9am"), (BERLIN_FORWARD - 36 * 3600) * US_PER_S, berlin, &w));
    CHECK(w.at_us == (BERLIN_FORWARD - DAY + 7 * 3600) * US_PER_S);
    CHECK(when_next(&w, w.at_us, berlin) == (BERLIN_FORWARD + 6 * 3600) * US_PER_S);
    /* What is shown twice fires once. */
    w = (struct when){.at_us = (BERLIN_BACK - DAY - 1800) * US_PER_S, .every = WHEN_DAILY};
    CHECK(when_next(&w, w.at_us, berlin) == (BERLIN_BACK - 1800) * US_PER_S);
    CHECK(when_next(&w, (BERLIN_BACK - 1800) * US_PER_S, berlin) == (BERLIN_BACK + 3600 + DAY - 1800) * US_PER_S);
    /* A span is a span. */
    CHECK(when_parse(arena, S("in 3 hours"), (BERLIN_FORWARD - 3600) * US_PER_S, berlin, &w));
    CHECK(w.at_us == (BERLIN_FORWARD + 2 * 3600) * US_PER_S);
}

/* Months that lack the day are passed over. */
static void short_months(void)
{
    struct when w = {.at_us = (MIDNIGHT + 29 * DAY) * US_PER_S, .every = WHEN_MONTHLY}; /* 31 January */

    CHECK(when_next(&w, w.at_us, NULL) == (MIDNIGHT + 88 * DAY) * US_PER_S);
}

int main(void)
{
    arena = arena_new(1 << 12);
    once();
    refused();
    recurring();
    zones();
    summer_time();
    short_months();
    arena_free(arena);
    return 0;
}
