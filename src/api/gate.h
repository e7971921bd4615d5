/* Opens the object a call is about, as far as its actor may act on it. */
#ifndef TAUT_API_GATE_H
#define TAUT_API_GATE_H

#include "core/call.h"

/* Fills c->channel (methods whose gate names one) or returns why not: channel_not_found for what may not be seen, else
 * the verb's codes in the order of catalogue/README.md. */
enum err gate_open(struct call *c, const void *args);

#endif
