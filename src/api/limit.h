/* Call quotas (limits.md "Rates"): token buckets, one by itself or one per method, app and workspace. */
#ifndef TAUT_API_LIMIT_H
#define TAUT_API_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* How many may go on in a minute, and how many at once. */
struct pace {
    int per_minute, at_once;
};

/* What was taken and has not flowed back, in millionths, so that slow refills do not round away; zeroed, it is full. */
struct bucket {
    int64_t used, at_us;
};

/* Takes n.  False when fewer are left: then *retry_after_s (at least 1) is when they are there. */
bool bucket_take(struct bucket *b, const struct pace *pace, int n, int64_t now_us, int *retry_after_s);

/* Many buckets, found by keys.  Those least lately used are forgotten. */
struct limiter;
struct limiter *limiter_new(void);
void limiter_free(struct limiter *l);

/* Takes one from the bucket of key.  Thread-safe. */
bool limiter_take(struct limiter *l, uint64_t key, const struct pace *pace, int64_t now_us, int *retry_after_s);

#endif
