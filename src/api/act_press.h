/* An element of blocks that somebody presses or chooses in: it has to be there, and what is chosen has to be its. */
#ifndef TAUT_API_ACT_PRESS_H
#define TAUT_API_ACT_PRESS_H

#include "api/act.h"
#include "core/block_value.h"

struct press {
    const struct json *given; /* as the caller said it: block_id, action_id, and the value */
    const struct json *element;
    struct str block_id, action_id, type;
    const struct block_value_kind *kind; /* NULL: its value is its own, as a button's */
};

/* What `actions` names: one object with action_id, and block_id where several blocks have it.  invalid_arguments. */
enum err press_read(struct call *c, const struct json *actions, const struct json **given);
/* Finds it in blocks; *found is false when it is not there, or is nothing that can be pressed. */
void press_find(const struct json *blocks, const struct json *given, struct press *out, bool *found);
/* "actions": the one of this.  invalid_value. */
enum err press_put(struct call *c, struct json_out *o, const struct press *p);
/* What stands in the blocks now, as core/view_state.h stores it: what stood there (old), what the caller says stands
 * there (values, may be NULL), and what was chosen.  invalid_value, invalid_arguments. */
enum err press_state(struct call *c, const struct json *blocks, struct str old, const struct json *values,
                     const struct press *p, struct str *state);

#endif
