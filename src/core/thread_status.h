/* What an app shows in a thread while it works ("is thinking…"): until it answers there, or two minutes have passed. */
#ifndef TAUT_CORE_THREAD_STATUS_H
#define TAUT_CORE_THREAD_STATUS_H

#include "core/channel.h"

struct thread_status {
    struct str text;             /* empty: nothing any more */
    struct str loading_messages; /* a JSON array or empty: texts that take turns */
    struct str username, icons;  /* the app's look; icons as JSON */
};

/* As the caller's bot. */
enum err thread_status_set(struct call *c, const struct channel_row *ch, int64_t thread_ts,
                           const struct thread_status *status);
/* The bot has said something there. */
enum err thread_status_answered(struct call *c, const struct channel_row *ch, int64_t thread_ts, int64_t bot_user);
/* The job JOB_THREAD_STATUS: nobody answered. */
enum err thread_status_over(struct call *c, int64_t id);

#endif
