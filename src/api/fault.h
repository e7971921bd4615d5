/* Answers spoilt on purpose (taut dev --fault): for testing how apps take errors, 429, 500 and slowness.
 *
 * RULES: rules between commas; a rule is METHOD:what=value:…, METHOD "*" or the beginning of names before a "*".
 *   error=CODE   the call answers this error instead of being done
 *   status=N     with this HTTP status (429 and 500 without error= have bodies of their own)
 *   retry_after=S  a Retry-After header, in seconds; 1 where a ratelimited says nothing
 *   delay=D      the call is done, later: 200ms, 2s
 *   rate=P       for a share P of calls (0 to 1); default all
 *   times=N      for the first N calls only */
#ifndef TAUT_API_FAULT_H
#define TAUT_API_FAULT_H

#include "base/arena.h"

struct fault {
    struct str error;  /* empty: the call is done */
    int status;        /* 0: the error's own */
    int retry_after_s; /* -1: no header */
    int64_t delay_ms;
};

struct fault_rules;
/* NULL and a sentence when the rules are wrong.  Freed with fault_free, when nothing waits any more.  Which calls a
 * rate meets is the same for the same calls in the same order. */
struct fault_rules *fault_parse(struct str text, struct arena *a, struct str *why);
void fault_free(struct fault_rules *rules);
/* Does a rule meet this call?  Thread-safe. */
bool fault_apply(struct fault_rules *rules, struct str method, struct fault *out);

/* Something that is done later, on a thread of the rules' own; it is the caller's memory until then. */
struct fault_wait {
    struct fault_wait *next;
    int64_t due_us;
    void (*done)(struct fault_wait *wait);
};
/* Fills next and due_us.  Thread-safe. */
void fault_later(struct fault_rules *rules, struct fault_wait *wait, int64_t delay_ms);
/* The server stops: what waits is done now, and what comes after does not wait. */
void fault_hurry(struct fault_rules *rules);

#endif
