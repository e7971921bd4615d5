/* core/when: times as people say them. */
#include "check.h"

#include "base/clock.h"
#include "core/when.h"

/* Friday, 2026-01-02, 10:00 in UTC. */
#define NOW_S INT64_C(1767348000)
#define DAY INT64_C(86400)
#define MIDNIGHT (NOW_S - 10 * 3600)

static struct arena *arena;

static int64_t first(const char *text)
{
    struct when w;

    return when_read(arena, str_c(text), NOW_S * US_PER_S, 0, &w) ? w.at_us / US_PER_S : -1;
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

    CHECK(when_parse(arena, str_c(text), NOW_S * US_PER_S, 0, &w));
    CHECK(w.every == every);
    CHECK(w.at_us == at_s * US_PER_S);
    CHECK(when_next(&w, w.at_us, 0) == next_s * US_PER_S);
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

    CHECK(when_parse(arena, S("tomorrow at 9am"), NOW_S * US_PER_S, -5 * 3600, &w));
    CHECK(w.at_us == (MIDNIGHT + DAY + 14 * 3600) * US_PER_S);
    CHECK(when_weekday(MIDNIGHT * US_PER_S, 0) == 5);
    CHECK(when_weekday(MIDNIGHT * US_PER_S, -3600) == 4);
}

/* Months that lack the day are passed over. */
static void short_months(void)
{
    struct when w = {.at_us = (MIDNIGHT + 29 * DAY) * US_PER_S, .every = WHEN_MONTHLY}; /* 31 January */

    CHECK(when_next(&w, w.at_us, 0) == (MIDNIGHT + 88 * DAY) * US_PER_S);
}

int main(void)
{
    arena = arena_new(1 << 12);
    once();
    refused();
    recurring();
    zones();
    short_months();
    arena_free(arena);
    return 0;
}
