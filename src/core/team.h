/* Which workspace a call is about.
 *
 * A workspace's token speaks of that workspace, whatever is asked.  A token of the organization begins in its user's
 * home and may act in every workspace its user belongs to, as what the user is there. */
#ifndef TAUT_CORE_TEAM_H
#define TAUT_CORE_TEAM_H

#include "core/call.h"

/* Sets c->team, and the actor's rank to the one there.  team_access_not_granted. */
enum err team_act_in(struct call *c, int64_t team);
/* By the argument team_id; when it is empty the call stays where it is. */
enum err team_choose(struct call *c, struct str team_id);
/* The same for methods that list a workspace's things: tokens of the organization have to say which one.
 * missing_argument, team_access_not_granted. */
enum err team_of_list(struct call *c, struct str team_id);
/* May the caller look into this workspace? */
enum err team_is_mine(struct call *c, int64_t team, bool *mine);

#endif
