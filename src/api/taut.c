/* taut.*: what only taut dev has. */
#include "analytics/analytics.h"
#include "args_taut.h"
#include "base/clock.h"
#include "jobs/runner.h"

/* The time that was asked for; without arguments it is what the clock shows. */
static enum err new_time(struct call *c, const struct taut_clock_set_args *a, int64_t *now_us)
{
    int64_t ms = 0;

    *now_us = a->has_now ? a->now : clock_now_us();
    if (a->has_advance && !duration_parse(a->advance, &ms))
        return call_invalid(c, "advance: give seconds, or a duration such as 200ms, 5m, 2h or 3d");
    if (ms > TS_END_S * 1000 || *now_us + ms * 1000 >= TS_END_S * US_PER_S)
        return call_invalid(c, "the clock ends with the year 9999");
    *now_us += ms * 1000;
    return OK;
}

enum err taut_clock_set(struct call *c, const struct taut_clock_set_args *a)
{
    int64_t now_us;

    if (c->who.role < ROLE_ADMIN)
        return ERR_NOT_AN_ADMIN;
    TRY(new_time(c, a, &now_us));
    if (a->has_now || a->has_advance || a->has_frozen)
        clock_set(now_us, a->has_frozen ? a->frozen : clock_frozen());
    if (c->jobs) /* what was to happen until now has happened when this is answered */
        job_runner_settle(c->jobs);
    if (c->analytics)
        analytics_settle(c->analytics);
    json_ts(&c->out, S("now"), clock_now_us());
    return OK;
}
