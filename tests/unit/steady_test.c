/* A wall clock that leaps is not believed for an hour. */
#include "analytics/steady.h"
#include "check.h"

#define HOURS(n) (INT64_C(3600000000) * (n))

int main(void)
{
    struct steady s = {0};
    int64_t leap;

    CHECK(steady_is(&s, HOURS(1000), HOURS(5), &leap) && leap == 0);
    CHECK(steady_is(&s, HOURS(1024), HOURS(29), &leap) && leap == 0);     /* a day passed on both */
    CHECK(steady_is(&s, HOURS(1025) - 1, HOURS(29), &leap) && leap == 0); /* a leap of less */
    CHECK(!steady_is(&s, HOURS(9000), HOURS(30), &leap) && leap > HOURS(7000));
    CHECK(!steady_is(&s, HOURS(9000) + 5, HOURS(30) + 5, &leap) && leap == 0);
    CHECK(!steady_is(&s, HOURS(1026), HOURS(30) + 10, &leap) && leap < 0); /* and back: an hour from there */
    CHECK(!steady_is(&s, HOURS(1027) - 11, HOURS(31), &leap) && leap == 0);
    CHECK(steady_is(&s, HOURS(1027), HOURS(31) + 11, &leap) && leap == 0);
    return 0;
}
