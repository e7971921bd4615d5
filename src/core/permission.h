/* Apps that ask people for more scopes (apps.permissions.request), and what their tokens may do. */
#ifndef TAUT_CORE_PERMISSION_H
#define TAUT_CORE_PERMISSION_H

#include "core/call.h"
#include "sql.h"

enum { PERMISSION_LIFE_S = 24 * 3600 };

/* What a scope is about. */
enum resource { RESOURCE_TEAM, RESOURCE_CHANNEL, RESOURCE_GROUP, RESOURCE_IM, RESOURCE_MPIM, RESOURCES_N };
enum resource permission_resource(struct str scope);

/* Reads the scopes asked for: known, and such as a token of the caller's kind can have.  *list has each once.
 * invalid_scope; mixed_scope when they are about more than one kind of conversation. */
enum err permission_read(struct call *c, struct str text, struct str *list);

/* Puts the question before who did something with the app.  invalid_user: they are a guest, gone, or somebody else than
 * the person whose token it is. */
enum err permission_ask(struct call *c, struct str scopes, const struct trigger_row *trigger, struct str trigger_id);

/* Answers it: the token's scopes grow, or not; the app hears. */
enum err permission_answer(struct call *c, const struct permission_row *r, bool approve);

#endif
