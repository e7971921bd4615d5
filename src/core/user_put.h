/* User and profile objects in replies and events. */
#ifndef TAUT_CORE_USER_PUT_H
#define TAUT_CORE_USER_PUT_H

#include "core/call.h"
#include "sql.h"

struct user_view {
    bool locale;
    bool presence;
};

/* The e-mail stands in it only when the caller's token has users:read.email. */
void user_put(struct call *c, struct json_out *o, struct str key, const struct user_row *u, const struct user_view *view);
/* labels: the custom fields carry their labels too. */
void profile_put(struct call *c, struct json_out *o, struct str key, const struct user_row *u);
/* The object as a text of its own, for events. */
struct str user_json(struct call *c, const struct user_row *u);
struct str profile_json(struct call *c, const struct user_row *u);

/* The status counts as gone once its time has passed. */
bool user_has_status(const struct call *c, const struct user_row *u);
/* A member of the caller's workspace; user_not_found when it is none, or the text is no id. */
enum err user_open(struct call *c, struct str id, struct user_row **out);
/* "https://…/avatars/HASH-SIZE.png", the picture of a person in one size. */
struct str avatar_url(struct call *c, struct str hash, int size);

#endif
