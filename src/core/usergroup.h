/* User groups: finding and showing them, and the rules of their names. */
#ifndef TAUT_CORE_USERGROUP_H
#define TAUT_CORE_USERGROUP_H

#include "core/call.h"
#include "core/types.h"
#include "sql.h"

/* A group of c->team; no_such_subteam. */
enum err usergroup_open(struct call *c, struct str id, struct usergroup_row *out);

/* users: NULL leaves them out. */
struct usergroup_view {
    const int64_t *users;
    int n_users;
    bool count;
};
/* With its users as they stand now. */
enum err usergroup_view_open(struct call *c, const struct usergroup_row *g, bool count, struct usergroup_view *view);
void usergroup_put(struct json_out *o, struct str key, const struct usergroup_row *g,
                   const struct usergroup_view *view);
/* The same as a text of its own, for events. */
enum err usergroup_json(struct call *c, const struct usergroup_row *g, struct str *out);

/* Sets name or handle of g.  missing_subteam_name, name_too_long, name_already_exists; bad_handle, forbidden_handle,
 * handle_already_exists. */
enum err usergroup_name(struct call *c, struct usergroup_row *g, struct str name);
enum err usergroup_handle(struct call *c, struct usergroup_row *g, struct str handle);
/* Sets default channels, public and private ones apart, or the additional ones.  invalid_channel_provided,
 * invalid_group_provided, too_many_linked_channels. */
enum err usergroup_channels(struct call *c, struct usergroup_row *g, const struct str_list *ids);
enum err usergroup_additional(struct call *c, struct usergroup_row *g, const struct str_list *ids);

/* A comma list of ids as rows. */
int64_t *usergroup_ids(struct arena *a, struct str list, int *n);
enum err usergroup_store(struct call *c, struct usergroup_row *g);

#endif
