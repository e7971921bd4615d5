/* Who does what when: by the hour of the day where they live, and by the day of the week. */
#include <stdlib.h>

#include "base/clock.h"
#include "demo.h"

#define HOUR_US (INT64_C(3600) * US_PER_S)

/* Of a workday's messages and visits, the parts that fall into each hour; each row adds up to 1. */
static const double writing[24] = {0,    0,    0,    0,    0,    0,    0.01, 0.02, 0.07, 0.11, 0.12, 0.10,
                                   0.06, 0.09, 0.11, 0.10, 0.09, 0.06, 0.03, 0.01, 0.01, 0.01, 0,    0};
static const double reading[24] = {0,    0,    0,    0,    0,    0.01, 0.03, 0.06, 0.09, 0.10, 0.09, 0.08,
                                   0.07, 0.08, 0.08, 0.08, 0.07, 0.05, 0.04, 0.02, 0.02, 0.02, 0.01, 0};
static const double VISITS_A_DAY = 7, SEARCHES_A_DAY = 0.4, WEEKEND = 0.12, ABSENT = 0.08;

static int hour_of(int64_t us)
{
    return (int)(us / HOUR_US % 24);
}

/* 1970 began on a Thursday. */
static bool is_weekend(int64_t us)
{
    int64_t day = us / (24 * HOUR_US);

    return day % 7 == 2 || day % 7 == 3;
}

/* Ill, on holiday, or in meetings all day: the same for each hour of a day. */
static bool is_away(const struct demo *d, int member, int64_t local_us)
{
    struct demo_random day = {.state = (uint64_t)d->server.settings.variant * 1000003 + (uint64_t)member * 7919 +
                                       (uint64_t)(local_us / (24 * HOUR_US))};

    return demo_chance(&day, ABSENT);
}

static int add(struct demo *d, int n, struct demo_event **events, int *cap, const struct demo_event *e, double mean)
{
    int times = mean > 0 ? demo_poisson(&d->random, mean) : 0;

    for (int i = 0; i < times; i++) {
        if (n == *cap) {
            *cap = *cap ? 2 * *cap : 1024;
            *events = realloc(*events, sizeof(**events) * (size_t)*cap);
            if (!*events)
                abort();
        }
        (*events)[n] = *e;
        (*events)[n++].at_us += (int64_t)(demo_part(&d->random) * (double)HOUR_US);
    }
    return n;
}

static int by_time(const void *a, const void *b)
{
    const struct demo_event *x = a, *y = b;

    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

int demo_plan(struct demo *d, int64_t at_us, struct demo_event **events, int *cap)
{
    int n = 0;

    for (int i = 0; i < d->n_members; i++) {
        const struct demo_member *m = &d->members[i];
        int64_t local_us = at_us + m->zone_h * HOUR_US;
        int hour = hour_of(local_us);
        double day = is_weekend(local_us) ? WEEKEND : 1;
        struct demo_event e = {.at_us = at_us, .member = i};

        if (is_away(d, i, local_us))
            continue;
        e.deed = DEMO_POST;
        n = add(d, n, events, cap, &e, d->rate * m->weight * writing[hour] * day);
        e.deed = DEMO_READ;
        n = add(d, n, events, cap, &e, VISITS_A_DAY * reading[hour] * day);
        e.deed = DEMO_SEARCH;
        n = add(d, n, events, cap, &e, SEARCHES_A_DAY * writing[hour] * day);
    }
    if (n)
        qsort(*events, (size_t)n, sizeof(**events), by_time);
    return n;
}
