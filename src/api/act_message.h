/* What the kinds of doing share that are done to messages. */
#ifndef TAUT_API_ACT_MESSAGE_H
#define TAUT_API_ACT_MESSAGE_H

#include "api/act.h"

/* The message of `channel` and `message_ts`, a stored one or one that the caller alone sees (*ephemeral), as the place
 * where answers go.  message_not_found. */
enum err act_open_message(struct call *c, const struct taut_act_args *a, struct act *act, struct message_row **out);

/* What stands in an attachment of the message; NULL when it has no such one (id from 1). */
const struct json *act_attachment(struct call *c, const struct message_row *m, int64_t id);
/* The app that put the attachment there (NULL: the message itself): previews are of others than their message. */
int64_t act_app_of(const struct message_row *m, const struct json *attachment);

/* Something in the message is pressed: it counts among what people did with it, whatever its app says. */
enum err act_press_counts(struct call *c, const struct act *act);
/* "container": where in the message it was done; attachment may be NULL. */
void act_put_container(struct json_out *o, const struct act *act, const struct message_row *m,
                       const struct json *attachment);
/* "channel" and, when others see it too, the message under key. */
enum err act_put_message(struct call *c, const struct act *act, struct json_out *o, struct str key,
                         const struct message_row *m);
/* "action_ts". */
void act_put_time(const struct call *c, struct json_out *o);

#endif
