/* Previews of the pages that messages link to, made by the server itself (setting unfurl_links).
 *
 * A message with links leaves a row with its post; live/unfurler.h reads the pages and leaves what they say with the
 * row; the job JOB_UNFURL puts it under the message, if the links still stand there. */
#ifndef TAUT_CORE_UNFURL_H
#define TAUT_CORE_UNFURL_H

#include "core/channel.h"
#include "core/message.h"

/* The links of a message that was just stored.  For people pages and media are previewed, for apps media alone, unless
 * the draft says otherwise. */
enum err unfurl_want(struct call *c, const struct channel_row *ch, const struct message_draft *d,
                     const struct message_row *m);
/* The job. */
enum err unfurl_fire(struct call *c, int64_t id);

#endif
