/* application/x-www-form-urlencoded (WHATWG URL, section 5.1) and query strings. */
#ifndef TAUT_NET_FORM_H
#define TAUT_NET_FORM_H

#include "base/arena.h"

struct form_field {
    struct str name, value; /* decoded; "+" is a space */
};

/* Splits text into fields; false when a percent escape is malformed or a name or value is no UTF-8 or holds NUL.
 * "a" without "=" is a field with an empty value; empty pieces ("&&") are passed over. */
bool form_parse(struct arena *a, struct str text, struct form_field **fields, int *n);
/* Percent-decodes one piece; p is NULL when malformed. */
struct str percent_decode(struct arena *a, struct str s, bool plus_is_space);
/* Appends s percent-encoded as a query component. */
struct str percent_encode(struct arena *a, struct str s);

#endif
