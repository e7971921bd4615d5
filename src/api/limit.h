/* Call quotas (limits.md "Rates"): a token bucket per method, app and workspace. */
#ifndef TAUT_API_LIMIT_H
#define TAUT_API_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;
struct limiter *limiter_new(void);
void limiter_free(struct limiter *l);

/* Takes one call from the bucket of key, which refills at per_minute and holds at most burst.  False when it is empty:
 * then *retry_after_s (at least 1) is when the next one is there.  Thread-safe. */
bool limiter_take(struct limiter *l, uint64_t key, int per_minute, int burst, int64_t now_us, int *retry_after_s);

#endif
