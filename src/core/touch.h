/* What people did with a message: each person once for each kind of thing, whatever becomes of it later.  They go with
 * the message. */
#ifndef TAUT_CORE_TOUCH_H
#define TAUT_CORE_TOUCH_H

#include "core/channel.h"

enum touch {
    TOUCH_REACTION = 1, /* a reaction that was taken back; those that stand are in table reaction */
    TOUCH_SHARE,        /* posted a link to it */
    TOUCH_CLICK,        /* followed a link in it, or pressed a control */
    TOUCH_KINDS_N,
    TOUCH_LATE = 9, /* of the message, user 0: a reply that was brought into the conversation later */
};

/* Do the settings keep the activity of this conversation? */
bool activity_kept(const struct call *c, const struct channel_row *ch);

/* Errors are those of the store. */
enum err touch_add(struct call *c, int64_t channel, int64_t ts, enum touch what, int64_t user);
enum err touch_has(struct call *c, int64_t channel, int64_t ts, enum touch what, int64_t user, bool *has);

/* The caller pressed a control of a message in ch, or followed a link in it; bots and
 * apps are passed over. */
enum err touch_click(struct call *c, const struct channel_row *ch, int64_t ts);

/* m was posted in a conversation of the workspace, or edited: its author shares the messages that it links to, by their
 * permalinks in text, blocks or attachments; those that the author may see, and at most 100. */
enum err touch_shares(struct call *c, int64_t team, const struct message_row *m);

#endif
