/* Changing a person's profile: which keys there are and what they may hold (limits.md "People"). */
#ifndef TAUT_CORE_PROFILE_H
#define TAUT_CORE_PROFILE_H

#include "core/call.h"
#include "sql.h"

/* What a change did. */
struct profile_change {
    bool any, status, email, fields;
    bool real_name, name_parts; /* real_name, or first_name or last_name, was given */
    bool said_text, said_emoji; /* status_text, status_emoji stood in the change */
};

/* Applies one key of a profile object to u; keys that no profile has are passed over, as Slack does.
 * Errors: invalid_profile, too_long, reserved_name, invalid_starts_with_at, name_not_allowed,
 * invalid_emoji_not_allowed, not_admin (e-mail by a member), and those of profile_fields_apply. */
enum err profile_apply(struct call *c, struct user_row *u, struct str key, const struct json *value,
                       struct profile_change *change);
/* Checks what only the whole tells (must_clear_both_status_text_and_status_emoji) and fills what follows from other
 * keys: first and last name from the real name and back. */
enum err profile_settle(struct call *c, struct user_row *u, const struct profile_change *change);
/* Writes what the change left in u.  Error: email_taken. */
enum err profile_store(struct call *c, const struct user_row *u, const struct profile_change *change);

/* Events: user_change, user_profile_changed and, for a status, user_status_changed. */
void profile_tell(struct call *c, const struct user_row *u, const struct profile_change *change);
/* The job JOB_STATUS: the person's status is over, when its time has come indeed. */
enum err profile_end_status(struct call *c, int64_t user);

#endif
