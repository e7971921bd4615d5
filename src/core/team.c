#include "core/team.h"

#include "base/id.h"
#include "sql.h"

static enum err member_of(struct call *c, int64_t team, struct user_row *member, bool *is_member)
{
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, c->who.user, team, member, &found));
    *is_member = team && found && member->is_member && !member->member_deleted;
    return OK;
}

enum err team_is_mine(struct call *c, int64_t team, bool *mine)
{
    struct user_row member;

    *mine = team == c->who.team;
    return c->who.team ? OK : member_of(c, team, &member, mine);
}

enum err team_act_in(struct call *c, int64_t team)
{
    struct user_row member;
    bool is_member;

    if (c->who.team || team == c->team)
        return OK;
    TRY(member_of(c, team, &member, &is_member));
    if (!is_member)
        return ERR_TEAM_ACCESS_NOT_GRANTED;
    c->team = team;
    c->who.role = (enum role)member.role;
    c->who.guest = (enum guest)member.guest;
    return OK;
}

enum err team_choose(struct call *c, struct str team_id)
{
    return team_id.n ? team_act_in(c, id_parse_kind(team_id, "T")) : OK;
}

enum err team_of_list(struct call *c, struct str team_id)
{
    if (!c->who.team && team_id.n == 0)
        return ERR_MISSING_ARGUMENT;
    return team_choose(c, team_id);
}
