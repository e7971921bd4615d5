#include "core/team.h"

#include "base/id.h"
#include "sql.h"

enum err team_of_list(struct call *c, struct str team_id)
{
    int64_t team = id_parse_kind(team_id, "T");
    struct user_row member;
    bool found;

    if (c->who.team)
        return OK; /* a workspace's token speaks of that workspace, whatever is asked */
    if (team_id.n == 0)
        return ERR_MISSING_ARGUMENT;
    TRY(sql_user_in_team(c->db, c->arena, c->who.user, team, &member, &found));
    if (!team || !found || !member.is_member || member.member_deleted)
        return ERR_TEAM_ACCESS_NOT_GRANTED;
    c->team = team;
    return OK;
}
