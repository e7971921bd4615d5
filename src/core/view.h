/* Views: what an app shows to one person, in modals that lie on each other and on its Home tab.
 *
 * struct view_row (generated) is one of them; its body is the JSON of the fields that the app gave, checked. */
#ifndef TAUT_CORE_VIEW_H
#define TAUT_CORE_VIEW_H

#include "core/call.h"
#include "core/view_state.h"
#include "sql.h"

enum { VIEW_STACK_MAX = 3, VIEW_LIFE_S = 24 * 3600 };

/* A view that an app wants to show, checked. */
struct view_draft {
    struct str body;
    const struct json *json; /* the same, parsed */
    struct str external_id;
    bool is_home;
};

/* Needs no database; view NULL: there is none.  Lines about what is wrong become response_metadata.messages.
 * invalid_arguments, view_too_large.
 */
enum err view_read(struct call *c, const struct json *view, struct view_draft *out);

/* For whom a view is: whose app, who sees it, and where that person was. */
struct view_place {
    int64_t team, app, user, channel;
};

/* Opens a modal, on top of `below` (NULL: a stack of its own).  duplicate_external_id, push_limit_reached,
 * invalid_arguments for a Home tab. */
enum err view_open(struct call *c, const struct view_draft *d, const struct view_place *place,
                   const struct view_row *below, struct view_row *out);
/* Shows something else in its place; what is filled in under the same ids stays.  duplicate_external_id,
 * invalid_arguments when it is of the other type. */
enum err view_change(struct call *c, const struct view_draft *d, struct view_row *v);
/* The person's Home tab.  hash_conflict when hash is given and is not that of the one there. */
enum err view_publish(struct call *c, const struct view_draft *d, const struct view_place *place, struct str hash,
                      struct view_row *out);
/* What is filled in. */
enum err view_fill(struct call *c, struct view_row *v, struct str state);

/* Closes the uppermost view, or all of its stack.  Modals that nobody closed go after VIEW_LIFE_S. */
enum err view_close(struct call *c, const struct view_row *v, bool whole_stack);

/* The blocks of a view. */
const struct json *view_blocks(struct arena *a, const struct view_row *v);
/* A field that the app gave. */
const struct json *view_field(struct arena *a, const struct view_row *v, struct str key);
bool view_flag(struct arena *a, const struct view_row *v, struct str key);

/* Writes the view object for the caller: the app whose view it is sees all of it, the person not its private_metadata,
 * and other apps that speak for the person not what is filled in either.
 * full: it goes to its app, whoever calls, and state has the elements that are empty, too. */
enum err view_put(struct call *c, struct json_out *o, struct str key, const struct view_row *v, bool full);

#endif
