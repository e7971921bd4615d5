/* The index of messages: kept in the transaction that changes the message, so that a search after the reply finds it.
 */
#ifndef TAUT_CORE_SEARCH_INDEX_H
#define TAUT_CORE_SEARCH_INDEX_H

#include "core/channel.h"

/* Kinds of marks on a message. */
enum {
    SEARCH_MARK_OPEN = 'p',    /* a workspace: everybody in it (but guests) may read this */
    SEARCH_MARK_CHANNEL = 'c', /* where it stands */
    SEARCH_MARK_USER = 'u',    /* who wrote it */
    SEARCH_MARK_HAS = 'h',     /* link, file, reaction, pin, thread */
};

/* A new message, a message that changed, one that is gone. */
enum err search_index_add(struct call *c, const struct channel_row *ch, const struct message_row *m);
enum err search_index_change(struct call *c, const struct channel_row *ch, const struct message_row *before,
                             const struct message_row *after);
enum err search_index_remove(struct call *c, const struct channel_row *ch, const struct message_row *m);

/* All that a message says, without markup. */
struct str search_text(struct arena *a, const struct message_row *m);

#endif
