/* Counting what people do, for analytics: in the transaction of its cause, or, where a call only reads, in memory until
 * it is stored (core/marks.h).  What people say: core/said.h.  docs/guide/analytics.md says what each figure counts. */
#ifndef TAUT_CORE_COUNT_H
#define TAUT_CORE_COUNT_H

#include "core/channel.h"
#include "core/client_kind.h"

/* member_day.active */
enum {
    ACTIVE = 1, /* posted a message, or read a conversation */
    ACTIVE_DESKTOP = 2,
    ACTIVE_IOS = 4,
    ACTIVE_ANDROID = 8,
    ACTIVE_WEB = 16,
    ACTIVE_APPS = 32, /* an app acted for the person */
};

/* The day that something of this time counts for: never one that is closed (a clock may be set back). */
int64_t count_day(int64_t us);
/* Days up to this one are closed from now on.  For who closes them; a server begins with what its database says. */
void count_closed(int64_t day);

/* Does nothing count in this server? */
bool count_is_off(const struct call *c);
/* The bit of member_day.active. */
unsigned count_client_bit(enum client_kind kind);

/* The caller put a reaction on a message there. */
enum err count_reaction(struct call *c, const struct channel_row *ch);
/* The caller added a file. */
enum err count_file(struct call *c);
/* The caller read in a conversation; for calls that only read. */
void count_read(struct call *c, const struct channel_row *ch);
/* The same for calls that write. */
enum err count_read_now(struct call *c, const struct channel_row *ch);
/* The caller searched. */
void count_search(struct call *c);
/* A person's token was used: its own, or one that an app acts with. */
void count_seen(struct call *c);

/* Before a person's e-mail, custom fields, rank or membership change; queries that change them ask for *kept. */
enum err count_keep_member(struct call *c, int64_t user, struct kept_member *kept);
/* Before a channel's kind, archived or last_ts change at a time; ch is as it was. */
enum err count_keep_channel(struct call *c, const struct channel_row *ch, int64_t at_us);
/* Before somebody leaves a channel. */
enum err count_keep_leaver(struct call *c, int64_t channel, int64_t user);

#endif
