/* Messages that one person sees: told over real time, in no history.  Those of apps are kept for a day, so that what is
 * pressed in them can be checked, and so that their app can replace them. */
#ifndef TAUT_CORE_EPHEMERAL_H
#define TAUT_CORE_EPHEMERAL_H

#include "core/message.h"

/* Shows it to reader; *out is what was shown, in the arena. */
enum err ephemeral_post(struct call *c, const struct channel_row *ch, int64_t reader, const struct message_draft *d,
                        struct message_row **out);
/* What an app shows to reader; message_not_found. */
enum err ephemeral_open(struct call *c, const struct channel_row *ch, int64_t ts, int64_t reader,
                        struct message_row **out);
/* Another text, other blocks and attachments in its place. */
enum err ephemeral_replace(struct call *c, const struct channel_row *ch, int64_t reader,
                           const struct message_row *before, const struct message_row *after);
enum err ephemeral_delete(struct call *c, const struct channel_row *ch, int64_t reader, const struct message_row *m);

#endif
