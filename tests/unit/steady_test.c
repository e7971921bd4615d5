/* A wall clock that leaps is not believed for an hour. */
#include "analytics/steady.h"
#include "check.h"

#define HOURS(n) (INT64_C(3600000000) * (n))

/* Far ahead at the first look: an hour, unless the system vouches for it, and leaps meanwhile as ever. */
static void doubted(void)
{
    struct steady s = {0};
    int64_t leap;

    steady_doubt(&s, HOURS(5));
    CHECK(!steady_is(&s, HOURS(9000), HOURS(5), false, &leap) && leap == 0);
    CHECK(!steady_is(&s, HOURS(9001) - 1, HOURS(6) - 1, false, &leap));
    CHECK(steady_is(&s, HOURS(9001), HOURS(6), false, &leap));

    s = (struct steady){0};
    steady_doubt(&s, HOURS(5));
    CHECK(!steady_is(&s, HOURS(9000), HOURS(5), false, &leap));
    CHECK(steady_is(&s, HOURS(9000) + 1, HOURS(5) + 1, true, &leap)); /* the time server is there, and agrees */
    CHECK(steady_is(&s, HOURS(9000) + 2, HOURS(5) + 2, false, &leap));

    s = (struct steady){0};
    steady_doubt(&s, HOURS(5));
    CHECK(!steady_is(&s, HOURS(9000), HOURS(5), false, &leap));
    CHECK(!steady_is(&s, HOURS(1000), HOURS(5) + 1, true, &leap) && leap < 0); /* it is there, and does not */
}

int main(void)
{
    struct steady s = {0};
    int64_t leap;

    doubted();
    CHECK(steady_is(&s, HOURS(1000), HOURS(5), false, &leap) && leap == 0);
    CHECK(steady_is(&s, HOURS(1024), HOURS(29), false, &leap) && leap == 0);     /* a day passed on both */
    CHECK(steady_is(&s, HOURS(1025) - 1, HOURS(29), false, &leap) && leap == 0); /* a leap of less */
    CHECK(!steady_is(&s, HOURS(9000), HOURS(30), false, &leap) && leap > HOURS(7000));
    CHECK(!steady_is(&s, HOURS(9000) + 5, HOURS(30) + 5, false, &leap) && leap == 0);
    CHECK(!steady_is(&s, HOURS(1026), HOURS(30) + 10, false, &leap) && leap < 0); /* and back: an hour from there */
    CHECK(!steady_is(&s, HOURS(1027) - 11, HOURS(31), false, &leap) && leap == 0);
    CHECK(steady_is(&s, HOURS(1027), HOURS(31) + 11, false, &leap) && leap == 0);
    return 0;
}
