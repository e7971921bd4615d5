/* What is filled in on a view.
 *
 * Stored as {block_id: {action_id: {"type": …, "value": …}}} of those elements that hold something; payloads show every
 * element that could. */
#ifndef TAUT_CORE_VIEW_STATE_H
#define TAUT_CORE_VIEW_STATE_H

#include "core/block_value.h"

enum {
    VIEW_INPUTS_MAX = 3000, /* 100 blocks with 25 elements; a message of more bytes than it may have */
    /* What is filled in as others see it: files are whole. */
    VIEW_SHOWN_MAX_BYTES = 6 << 20,
};

struct view_input {
    struct str block_id, action_id;
    const struct json *element;
    const struct block_value_kind *kind;
    bool needed; /* of an input block that is not optional */
};

/* Elements of stored blocks that hold values, in order; in the arena. */
int view_inputs(struct arena *a, const struct json *blocks, struct view_input **out);

/* The state of blocks when they are shown: what stood in the old state ("" or {}) under the same ids, else the initial
 * values.  here: the conversation the person is in, for selects that begin with it; 0: none. */
struct str view_state_begin(struct arena *a, const struct json *blocks, struct str old, int64_t here);

/* As apps and people see it: files are whole; all: elements without a value say null, or []. */
enum err view_state_show(struct call *c, const struct json *blocks, struct str state, bool all, struct str *out);

struct view_faults {
    struct str *block_ids;
    const char **texts; /* for the person */
    int n;
};

/* Puts the values that c's person gave, {block_id: {action_id: {…}}}, into the state; given may be NULL.  submit: also
 * looks whether all that is needed is there and has its form.  With faults the state is still the one to show.
 * invalid_arguments for ids that the blocks have not, and for what is no such object; invalid_value for too much. */
enum err view_state_take(struct call *c, const struct json *blocks, struct str old, const struct json *given,
                         bool submit, struct str *state, struct view_faults *faults);

/* {"BLOCK": "text", …} */
void view_faults_put(struct json_out *o, struct str key, const struct view_faults *faults);

#endif
