/* The bytes of an answer: {"ok":true, …} with warnings and cursor, or {"ok":false,"error":…}. */
#ifndef TAUT_API_REPLY_H
#define TAUT_API_REPLY_H

#include "api/dispatch.h"

/* Begins a success: c->out stands inside the object, after "ok". */
void reply_begin(struct call *c, struct buf *b);
/* Closes it: warning, response_metadata. */
void reply_end(struct call *c);
/* A failure with all that belongs to it. */
struct str reply_error(struct call *c, enum err e);

#endif
