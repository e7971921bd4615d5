/* Conversations: finding them through what an actor may see, and changing who is in them.
 *
 * struct channel_row (generated) is one conversation together with the asking user's membership. */
#ifndef TAUT_CORE_CHANNEL_H
#define TAUT_CORE_CHANNEL_H

#include "core/call.h"
#include "sql.h"

enum channel_kind { CHANNEL_PUBLIC, CHANNEL_PRIVATE, CHANNEL_IM, CHANNEL_MPIM };

/* USLACKBOT, the server's own voice; everybody has an open im with it. */
int64_t slackbot_id(void);

/* May the actor know that this conversation exists?  Public channels of its workspace for members and bots; for guests,
 * and for private channels, ims and mpims, only those it is in. */
bool channel_visible(const struct actor *who, int64_t team, const struct channel_row *ch);

/* The conversation by row, as the caller sees it; channel_not_found when it is not there or not visible. */
enum err channel_get(struct call *c, int64_t id, struct channel_row **out);

/* The conversation of a name, "#general" or "general", in c->team: its id, whoever may see it; channel_not_found. */
enum err channel_named(struct call *c, struct str text, int64_t *id);

/* Adds a user; *added is false when it was in already.  Only the rows: messages and events are the caller's. */
enum err channel_join_user(struct call *c, struct channel_row *ch, int64_t user, bool *added);
/* Removes a user; *removed is false when it was not in. */
enum err channel_leave_user(struct call *c, struct channel_row *ch, int64_t user, bool *removed);

/* Opens the im of two people or the mpim of several (ids with the caller's own, n of them), creating it when create.
 * *created tells; *out is NULL when it does not exist and create is false.  users_not_found etc. are the caller's to
 * check. */
enum err channel_open_people(struct call *c, const int64_t *ids, int n, bool create, struct channel_row **out,
                             bool *created);

/* Is the conversation of the caller and these people an im or an mpim? */
enum channel_kind channel_kind_of_people(struct call *c, const int64_t *ids, int n);

/* The other person of an im (the user itself for the im with oneself); 0 for other kinds. */
int64_t channel_im_peer(const struct channel_row *ch, int64_t user);

#endif
