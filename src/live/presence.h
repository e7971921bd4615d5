/* Who is active: a person with a connection that has not set itself away and did something in the last ten minutes; a
 * bot as long as it is connected.  Any thread; the time is base/clock's. */
#ifndef TAUT_LIVE_PRESENCE_H
#define TAUT_LIVE_PRESENCE_H

#include "core/live.h"

struct presence;

struct presence *presence_new(void);
void presence_free(struct presence *p);
/* Each returns true when that made the person active, or away, unlike what was last told of it. */
bool presence_connected(struct presence *p, int64_t user, bool is_bot, int by); /* +1, -1 */
bool presence_set_away(struct presence *p, int64_t user, bool away);
bool presence_acted(struct presence *p, int64_t user);
/* Somebody whom time has made away, or who has become active again unnoticed: each once, 0 when there is nobody. */
int64_t presence_turned(struct presence *p);
bool presence_active(struct presence *p, int64_t user);
struct live_presence presence_of(struct presence *p, int64_t user);

#endif
