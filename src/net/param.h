/* Parameters of header values: form-data; name="a"; filename="b c". */
#ifndef TAUT_NET_PARAM_H
#define TAUT_NET_PARAM_H

#include "base/arena.h"

/* The part of value before the first ";", trimmed. */
struct str param_main(struct str value);
/* The parameter called name (any case), unquoted; p is NULL when value has none or is malformed before it. */
struct str param_get(struct arena *a, struct str value, struct str name);

#endif
