/* Small types that generated and written code share. */
#ifndef TAUT_CORE_TYPES_H
#define TAUT_CORE_TYPES_H

#include "base/str.h"

struct str_list {
    struct str *v;
    int n;
};

/* A bool of a reply that may be left out. */
enum maybe { MAYBE_UNSET = 0, MAYBE_NO, MAYBE_YES };

static inline enum maybe maybe_of(bool b)
{
    return b ? MAYBE_YES : MAYBE_NO;
}

#endif
