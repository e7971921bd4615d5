/* What the kinds of doing share that are done in views. */
#ifndef TAUT_API_ACT_VIEW_H
#define TAUT_API_ACT_VIEW_H

#include "api/act.h"
#include "core/view.h"

/* The caller's view on which nothing lies, and its app; view_not_found. */
enum err act_open_view(struct call *c, struct act *act, struct str id, struct view_row *v);
/* What is filled in, {block_id: {action_id: …}}: the argument `state`, or `values` in it; NULL: nothing is given. */
const struct json *act_values(const struct taut_act_args *a);
/* "container": that it was done in this view. */
void act_put_view_container(struct json_out *o, const struct view_row *v);

#endif
