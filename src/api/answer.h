/* What handlers do that answer today's methods and retired ones. */
#ifndef TAUT_API_ANSWER_H
#define TAUT_API_ANSWER_H

#include "core/channel_put.h"

/* Writes it under the method's subject; nothing when the method has none.  Retired methods show what objects of old
 * held besides: members and unread counts. */
enum err answer_channel(struct call *c, const struct channel_row *ch, const struct channel_view *view);

/* The name as the caller wants it: retired methods repair one, unless they are to validate it. */
struct str answer_name(struct call *c, struct str name, bool validate);
/* channel_name_check, with a sentence about what is wrong in the answer. */
enum err answer_name_check(struct call *c, struct str name);

#endif
