/* Buckets: what they hold, how it flows back, and which limiter_take finds. */
#include "api/limit.h"
#include "check.h"

#define S_US INT64_C(1000000)

static const struct pace pace = {.per_minute = 60, .at_once = 10};

static void refills(void)
{
    struct bucket b = {0};
    int64_t now_us = 5; /* a machine that has just been started */
    int wait_s = 0;

    for (int i = 0; i < 10; i++)
        CHECK(bucket_take(&b, &pace, 1, now_us, &wait_s));
    CHECK(!bucket_take(&b, &pace, 1, now_us, &wait_s) && wait_s == 2);
    CHECK(!bucket_take(&b, &pace, 1, now_us + S_US - 1, &wait_s) && wait_s == 1);
    CHECK(bucket_take(&b, &pace, 1, now_us + S_US, &wait_s));
    CHECK(!bucket_take(&b, &pace, 1, now_us + S_US, &wait_s));
    now_us += 3600 * S_US; /* it holds no more than it did */
    CHECK(bucket_take(&b, &pace, 10, now_us, &wait_s));
    CHECK(!bucket_take(&b, &pace, 1, now_us, &wait_s));
}

static void several(void)
{
    struct bucket b = {0};
    int wait_s = 0;

    CHECK(!bucket_take(&b, &pace, 11, S_US, &wait_s));
    CHECK(bucket_take(&b, &pace, 7, S_US, &wait_s)); /* what was refused took nothing */
    CHECK(!bucket_take(&b, &pace, 6, S_US, &wait_s) && wait_s == 4);
    CHECK(bucket_take(&b, &pace, 3, S_US, &wait_s));
}

static void keys(void)
{
    struct limiter *l = limiter_new();
    int wait_s;

    for (int i = 0; i < 10; i++)
        CHECK(limiter_take(l, 7, &pace, S_US, &wait_s));
    CHECK(!limiter_take(l, 7, &pace, S_US, &wait_s));
    CHECK(limiter_take(l, 8, &pace, S_US, &wait_s));
    limiter_free(l);
}

int main(void)
{
    refills();
    several();
    keys();
    return 0;
}
