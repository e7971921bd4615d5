/* Workspace and bot objects in replies. */
#ifndef TAUT_CORE_TEAM_PUT_H
#define TAUT_CORE_TEAM_PUT_H

#include "core/call.h"
#include "objects.h"
#include "sql.h"

/* Writes the workspace object. */
void team_put(struct call *c, struct json_out *o, struct str key, const struct team_row *t);
/* The pictures of a workspace: the default ones, since none can be uploaded yet. */
const struct obj_team_icon *team_icon_of(struct call *c, const struct team_row *t);
/* Writes the bot object. */
void bot_put(struct call *c, struct json_out *o, struct str key, const struct bot_row *b);
/* What a bot's messages show of it. */
const struct obj_bot_profile *bot_profile_of(struct call *c, const struct bot_row *b);

#endif
