/* Threads that people have with apps which assist them (`assistant_view` or `agent_view` in the app's manifest): in the
 * im with the app's bot.  The app hears when one begins, and may name it and offer prompts. */
#ifndef TAUT_CORE_ASSISTANT_H
#define TAUT_CORE_ASSISTANT_H

#include "core/channel.h"
#include "core/message.h"

/* A person's message in an im is about to be stored as ts, in the thread *thread_ts (0: in none).  With an app that
 * assists, it is in a thread: one that stands in none begins one itself (*thread_ts becomes ts), and the app hears of a
 * thread that is new. */
enum err assistant_hear(struct call *c, const struct channel_row *ch, int64_t person, int64_t ts, int64_t *thread_ts);

/* The app's thread, or invalid_thread_ts. */
enum err assistant_open(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct assistant_row *out);

/* Names the thread: its first message tells, and changes. */
enum err assistant_name(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct str title);
/* Offers the person something to say: {"title", "prompts": [{"title", "message"}]}, kept with the first message. */
enum err assistant_prompt(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct str prompts);

/* A person begins a thread without saying anything: its first message is the app's.  context: {"channel_id", …}, what
 * the person looks at.  *agent_found is false when the im is not with an app that assists. */
enum err assistant_begin(struct call *c, struct channel_row *ch, int64_t person, struct str context, bool *agent_found,
                         struct message_row **root);
/* The person looks at something else meanwhile.  invalid_thread_ts. */
enum err assistant_look(struct call *c, const struct channel_row *ch, int64_t person, int64_t thread_ts,
                        struct str context);

#endif
