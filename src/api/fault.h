/* Answers spoilt on purpose (taut dev --fault): for testing how apps take errors, 429, 500 and slowness.
 *
 * RULES: rules between commas; a rule is METHOD:what=value:…, METHOD "*" or the beginning of names before a "*".
 *   error=CODE   the call answers this error instead of being done
 *   status=N     with this HTTP status (429 and 500 without error= have bodies of their own)
 *   retry_after=S  a Retry-After header, in seconds
 *   delay=D      the call is done, later: 200ms, 2s
 *   rate=P       for a share P of calls (0 to 1); default all
 *   times=N      for the first N calls only */
#ifndef TAUT_API_FAULT_H
#define TAUT_API_FAULT_H

#include "base/arena.h"

struct fault {
    struct str error; /* empty: the call is done */
    int status, retry_after_s;
    int64_t delay_ms;
};

struct fault_rules;
/* NULL and a sentence when the rules are wrong.  Which calls a rate meets is the same for the same calls in the same
 * order. */
struct fault_rules *fault_parse(struct str text, struct arena *a, struct str *why);
void fault_free(struct fault_rules *rules);
/* Does a rule meet this call?  Thread-safe. */
bool fault_apply(struct fault_rules *rules, struct str method, struct fault *out);

#endif
