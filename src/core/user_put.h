/* User and profile objects in replies and events. */
#ifndef TAUT_CORE_USER_PUT_H
#define TAUT_CORE_USER_PUT_H

#include "core/live.h"
#include "sql.h"

struct user_view {
    bool locale;
    bool presence;
    bool for_all; /* of an event: those who hear it may have no users:read.email, so no e-mail stands in it */
};

/* The e-mail stands in it only when the caller's token has users:read.email. */
void user_put(struct call *c, struct json_out *o, struct str key, const struct user_row *u,
              const struct user_view *view);
void profile_put(struct call *c, struct json_out *o, struct str key, const struct user_row *u);
/* The same, its custom fields with their labels. */
enum err profile_put_labelled(struct call *c, struct json_out *o, struct str key, const struct user_row *u);
/* The object as a text of its own, for events. */
struct str user_json(struct call *c, const struct user_row *u);

/* The status counts as gone once its time has passed. */
bool user_has_status(const struct call *c, const struct user_row *u);
/* "active" or "away". */
struct str user_presence(const struct call *c, const struct user_row *u);
/* Its real-time connections. */
struct live_presence user_live(const struct call *c, const struct user_row *u);
/* A member of the caller's workspace (with a token of the organization: of any); an empty id is the caller itself.
 * user_not_found. */
enum err user_open(struct call *c, struct str id, struct user_row **out);

#endif
