/* Who is active: a person with a connection that has not set itself away.  Any thread. */
#ifndef TAUT_LIVE_PRESENCE_H
#define TAUT_LIVE_PRESENCE_H

#include "core/live.h"

struct presence;

struct presence *presence_new(void);
void presence_free(struct presence *p);
/* Each returns true when that made the person active, or away. */
bool presence_connected(struct presence *p, int64_t user, int by); /* +1, -1 */
bool presence_set_away(struct presence *p, int64_t user, bool away);
void presence_acted(struct presence *p, int64_t user);
bool presence_active(struct presence *p, int64_t user);
struct live_presence presence_of(struct presence *p, int64_t user);

#endif
