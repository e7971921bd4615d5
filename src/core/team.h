/* Which workspace a call is about. */
#ifndef TAUT_CORE_TEAM_H
#define TAUT_CORE_TEAM_H

#include "core/call.h"

/* For methods that list a workspace's things: the token's own workspace, or the one team_id names, which only tokens of
 * the organization may choose.  Sets c->team.  missing_argument, team_access_not_granted. */
enum err team_of_list(struct call *c, struct str team_id);

#endif
