/* Changes of a conversation that more than one handler makes, with all messages and events that belong to them. */
#ifndef TAUT_API_CONVERSATIONS_H
#define TAUT_API_CONVERSATIONS_H

#include "core/channel.h"

/* A new channel with the caller in it; the codes of channel_name_check, name_taken. */
enum err conversation_create(struct call *c, struct str name, enum channel_kind kind, struct channel_row *ch);
/* already_archived */
enum err conversation_archive(struct call *c, struct channel_row *ch);
/* name is a good one and not taken by another channel. */
enum err conversation_rename(struct call *c, struct channel_row *ch, struct str name);

#endif
