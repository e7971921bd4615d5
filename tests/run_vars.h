/* The variables of a case: `$alice`, `$c`.  A name is a letter or underscore and then letters, digits,
 * underscores; it ends where these end, so `$ts` never stands inside `$tsar`. */
#ifndef TAUT_TESTS_RUN_VARS_H
#define TAUT_TESTS_RUN_VARS_H

#include "base/arena.h"

struct var {
    struct var *next;
    struct str name, value;
};

/* Names and values lie in the arena. */
struct vars {
    struct arena *arena;
    struct var *first;
};

/* NULL when it is not bound. */
const struct var *vars_get(const struct vars *v, struct str name);
void vars_set(struct vars *v, struct str name, struct str value);
void vars_set_id(struct vars *v, struct str name, int64_t id);

/* The name when text is one variable and nothing else; else empty. */
struct str vars_name_of(struct str text);
/* text with the bound variables replaced; quoted: text is JSON, so values are escaped for its strings.
 * *unbound is the first name that has no value (it stays as it is), else empty. */
struct str vars_replace(const struct vars *v, struct arena *a, struct str text, bool quoted, struct str *unbound);

#endif
