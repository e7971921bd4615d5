/* Messages that change or go, with all that follows from it.  Whether they may is the caller's to know. */
#ifndef TAUT_CORE_MESSAGE_CHANGE_H
#define TAUT_CORE_MESSAGE_CHANGE_H

#include "core/message.h"

/* Stores what after says, as edited by the caller, and tells it.  before_json: message_json as it was. */
enum err message_edit(struct call *c, const struct channel_row *ch, struct str before_json,
                      const struct message_row *before, struct message_row *after);

/* Stores what after has attached: previews, which are no edit by anybody. */
enum err message_attach(struct call *c, const struct channel_row *ch, const struct message_row *before,
                        const struct message_row *after);

/* Pins it in its conversation, or takes the pin off; the caller keeps whose pin it is. */
enum err message_pin(struct call *c, const struct channel_row *ch, struct message_row *m, bool pinned);

/* Deletes it; a parent of replies leaves a tombstone.  The files that stood in it stay. */
enum err message_remove(struct call *c, const struct channel_row *ch, const struct message_row *m);

/* f no longer stands in m. */
void file_tell_unshared(struct call *c, const struct message_row *m, const struct file_row *f);

#endif
