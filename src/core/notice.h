/* Messages a conversation writes about itself: joins, leaves, topics, names … (message subtypes). */
#ifndef TAUT_CORE_NOTICE_H
#define TAUT_CORE_NOTICE_H

#include "core/message.h"

/* Posts `<@user> ` + what as a message of this subtype by user.  A private channel's subtype is its group_ twin
 * ("channel_join" becomes "group_join").  extra: a JSON object with the subtype's own keys, or empty. */
enum err notice_post(struct call *c, struct channel_row *ch, int64_t user, const char *subtype, struct str what,
                     struct str extra);

/* user enters: the row, the notice (channel_join), member_joined_channel and, to the user, channel_joined or
 * group_joined. inviter: 0 when the user came by itself.  *added false: was in already, nothing happened. */
enum err notice_join(struct call *c, struct channel_row *ch, int64_t user, int64_t inviter, bool *added);
/* user goes, or is removed by somebody else: the mirror image. */
enum err notice_leave(struct call *c, struct channel_row *ch, int64_t user, bool *removed);

#endif
