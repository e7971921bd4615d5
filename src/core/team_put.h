/* Workspace and bot objects in replies. */
#ifndef TAUT_CORE_TEAM_PUT_H
#define TAUT_CORE_TEAM_PUT_H

#include "core/call.h"
#include "sql.h"

void team_put(struct call *c, struct json_out *o, struct str key, const struct team_row *t);
/* The member "icon": the default pictures, since none can be uploaded yet. */
void team_put_icon(struct call *c, struct json_out *o, const struct team_row *t);
void bot_put(struct call *c, struct json_out *o, struct str key, const struct bot_row *b);
/* The bot_profile of messages, as a JSON text. */
struct str bot_profile_json(struct call *c, const struct bot_row *b);

#endif
