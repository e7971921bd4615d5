/* Conditions that are waited for no longer than some time, of the monotonic clock: whoever sets the machine's clock
 * back must not make a thread sleep until the old time comes. */
#ifndef TAUT_BASE_WAIT_H
#define TAUT_BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

void wait_init(pthread_cond_t *cond);
/* until_us: of clock_mono_us.  False when it has come. */
bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_us);

#endif
