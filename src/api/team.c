/* team.info, bots.info. */
#include "args_bots.h"
#include "args_team.h"
#include "base/id.h"
#include "core/team.h"
#include "core/team_put.h"

/* Which workspace is asked for: the token's own, another by id, or (for tokens of the organization) by domain. */
static enum err find_team(struct call *c, const struct team_info_args *a, int64_t *id)
{
    bool found;

    if (a->domain.n) {
        if (c->who.team)
            return ERR_TEAM_NOT_ON_ENTERPRISE;
        TRY(sql_team_by_domain(c->db, c->arena, a->domain, id, &found));
        return found ? OK : ERR_TEAM_NOT_FOUND;
    }
    *id = a->team.n ? id_parse_kind(a->team, "T") : c->team;
    return *id ? OK : ERR_TEAM_NOT_FOUND;
}

enum err team_info(struct call *c, const struct team_info_args *a)
{
    struct team_row team;
    int64_t id;
    bool found, mine;

    TRY(find_team(c, a, &id));
    TRY(sql_team_get(c->db, c->arena, id, &team, &found));
    if (!found || team.deleted || team.org_id != c->who.org)
        return ERR_TEAM_NOT_FOUND;
    TRY(team_is_mine(c, id, &mine));
    if (!mine)
        return ERR_TEAM_NOT_FOUND;
    team_put(c, &c->out, S("team"), &team);
    return OK;
}

enum err bots_info(struct call *c, const struct bots_info_args *a)
{
    int64_t id = a->bot.n ? id_parse_kind(a->bot, "B") : c->who.bot;
    struct bot_row bot;
    bool found, mine = false;

    if (team_choose(c, a->team_id) != OK)
        return ERR_TEAM_NOT_FOUND;
    TRY(sql_bot_get(c->db, c->arena, id, &bot, &found));
    if (found)
        TRY(team_is_mine(c, bot.team_id, &mine));
    if (!mine || (a->team_id.n && bot.team_id != c->team))
        return ERR_BOT_NOT_FOUND;
    bot_put(c, &c->out, S("bot"), &bot);
    return OK;
}
