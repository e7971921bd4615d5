/* Opens the object a call is about, as far as its actor may act on it. */
#ifndef TAUT_API_GATE_H
#define TAUT_API_GATE_H

#include "core/call.h"

/* Fills c->channel (methods whose gate names one) or returns why not: channel_not_found for what may not be seen, else
 * the verb's codes in the order of catalogue/README.md. */
enum err gate_open(struct call *c, const void *args);

/* The code, when the method documents it; else what a caller expects to see instead. */
enum err declared_or(const struct call *c, enum err e, enum err instead);

/* For methods that make a conversation: has the token the method's scope for this kind (enum channel_kind)?  Methods
 * that open one are asked by gate_open.  missing_scope. */
enum err gate_kind_scope(struct call *c, int kind);

/* What calls that write into the same conversation have in common (struct lane_job's key); 0: nothing is known. */
uint64_t gate_key(const struct call *c, const void *args);

#endif
