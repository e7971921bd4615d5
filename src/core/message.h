/* Messages: storing one with all that follows from it, and writing one into a reply. */
#ifndef TAUT_CORE_MESSAGE_H
#define TAUT_CORE_MESSAGE_H

#include "core/channel.h"
#include "core/types.h"

struct obj_bot_profile; /* generated */

/* What a caller wants posted.  Texts are checked and normalized already (mrkdwn, blocks, attachments, metadata). */
struct message_draft {
    int64_t user; /* author: a person, a bot's user, or 0 for pure bot_message */
    int64_t bot, app;
    struct str subtype;
    struct str text;
    int64_t thread_ts; /* 0, or the parent's ts (a reply's ts is resolved to its parent) */
    bool broadcast;
    enum maybe unfurl_links, unfurl_media; /* previews of pages and of media; unset: as usual for its author */
    bool opens_thread;                     /* a thread of its own: thread_ts is its ts, before anybody answers */
    struct str client_msg_id;
    struct str blocks, attachments, metadata; /* JSON or empty */
    struct str extra;                         /* JSON object or empty: username, icons, topic, old_name … */
    const int64_t *files;                     /* they stand in it: subtype file_share */
    int n_files;
    bool silent; /* history being made up (seeds, imports): no event */
};

/* Stores it with the next ts of the conversation (max(now, last + 1)), keeps the thread's parent up to date and emits
 * the `message` event.  *out (may be NULL) is the stored row, in the arena.
 * Errors: thread_not_found-like faults are the caller's: message_open the parent first. */
enum err message_post(struct call *c, struct channel_row *ch, const struct message_draft *d, struct message_row **out);

/* The row that a draft becomes with this ts. */
void message_of_draft(const struct channel_row *ch, const struct message_draft *d, int64_t ts, struct message_row *m);

/* Tells the conversation's people of a new message: the event `message`. */
enum err message_emit(struct call *c, const struct channel_row *ch, const struct message_row *m);

/* Tells of a change; before: the message's JSON as it was (message_json). */
enum err message_emit_changed(struct call *c, const struct channel_row *ch, struct str before,
                              const struct message_row *after);
/* Tells that it goes; while it is still there. */
enum err message_emit_deleted(struct call *c, const struct channel_row *ch, const struct message_row *m);
/* Tells one person of a message that is stored nowhere. */
enum err message_emit_ephemeral(struct call *c, const struct channel_row *ch, int64_t reader,
                                const struct message_row *m);
/* Tells that person that it changed, or goes. */
enum err message_emit_ephemeral_changed(struct call *c, const struct channel_row *ch, int64_t reader, struct str before,
                                        const struct message_row *after);
enum err message_emit_ephemeral_deleted(struct call *c, const struct channel_row *ch, int64_t reader,
                                        const struct message_row *m);

/* Tells that a thread has a further reply; parent: as it is now. */
enum err message_emit_replied(struct call *c, const struct channel_row *ch, const struct message_row *parent);

/* The message, or message_not_found. */
enum err message_open(struct call *c, const struct channel_row *ch, int64_t ts, struct message_row **out);

/* The thread a reply goes to: ts names its parent, or one of its replies.  cannot_reply_to_message. */
enum err message_find_thread(struct call *c, const struct channel_row *ch, int64_t ts, int64_t *thread_ts);

/* What put needs besides the rows: reactions of a range of messages, and who looks. */
struct message_view {
    struct call *c;
    const struct channel_row *ch;
    struct reaction_row *reactions; /* ordered by ts, at */
    int n_reactions;
    struct file_row *files; /* ordered by ts, place */
    int n_files;
    bool include_metadata;
    bool thread; /* in conversations.replies: parents carry subscribed, replies parent_user_id */
    int64_t parent_user;
    const struct message_row *parent; /* looked up last, of a reply */
    bool full_reactions;              /* all who reacted, not only the first ones */
    bool for_all;                     /* kept for other callers: nothing in it depends on who asks */
    bool permalink;                   /* adds permalink (pins.list, reactions.get) */
    int64_t bot;                      /* the bot looked up last, and its profile */
    const struct obj_bot_profile *bot_profile;
};

/* Did somebody say it?  Notices of joins, topics and the like are said by nobody. */
bool message_is_said(const struct message_row *m);
/* Do files stand in it?  Their rows outlive the files. */
bool message_has_files(const struct message_row *m);

/* Loads the reactions on rows and the files in them (sorted by ts, either way). */
enum err message_view_open(struct call *c, const struct channel_row *ch, const struct message_row *rows, int n,
                           struct message_view *view);
/* Writes one message object. */
enum err message_put_to(struct message_view *view, struct json_out *o, struct str key, const struct message_row *m);
/* The same into the call's reply. */
enum err message_put(struct message_view *view, struct str key, const struct message_row *m);
/* The same as a text of its own, for events. */
enum err message_json(struct call *c, const struct channel_row *ch, const struct message_row *m, struct str *out);

/* A comma list of ids with user at its end, unless it stands there already (message.reply_users). */
struct str message_with_user(struct arena *a, struct str ids, int64_t user);

/* <base_url>archives/<channel>/p<ts without dot>; a reply adds ?thread_ts=…&cid=… */
struct str message_permalink(struct call *c, const struct message_row *m);

#endif
