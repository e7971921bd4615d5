/* What the methods of user groups share. */
#ifndef TAUT_API_USERGROUPS_H
#define TAUT_API_USERGROUPS_H

#include "core/usergroup.h"

/* In which workspace.  target_team_must_be_specified_in_org_context, target_team_not_on_org or
 * team_access_not_granted; user_is_restricted for guests, who have no business with groups. */
enum err usergroups_act_in(struct call *c, struct str team_id);
/* The group with its users; count adds user_count. */
enum err usergroups_answer(struct call *c, const struct usergroup_row *g, bool count);

#endif
