/* Conversation objects in replies and events. */
#ifndef TAUT_CORE_CHANNEL_PUT_H
#define TAUT_CORE_CHANNEL_PUT_H

#include "core/channel.h"

/* What a reply shows beyond the always-present fields. */
struct channel_view {
    bool num_members;
    bool locale;
    bool members; /* who is in, as objects of old held it */
    bool reading; /* last_read, and for ims and mpims the unread counts and the latest message */
    bool counts;  /* those for channels too */
};

/* Writes the conversation as user sees it (ch was read for that user). */
enum err channel_put(struct call *c, struct json_out *o, struct str key, const struct channel_row *ch, int64_t user,
                     const struct channel_view *view);
/* The object as a text of its own, for events. */
enum err channel_json(struct call *c, const struct channel_row *ch, int64_t user, struct str *out);
/* Events: channel_created, channel_rename or group_rename. */
void channel_tell_created(struct call *c, const struct channel_row *ch);
void channel_tell_renamed(struct call *c, const struct channel_row *ch);
/* "C" public, "G" private and mpim, "D" im: the channel_type of membership events. */
struct str channel_type_letter(const struct channel_row *ch);
/* "channel", "group", "mpim", "im": the channel_type of message events. */
struct str channel_type_name(const struct channel_row *ch);

#endif
