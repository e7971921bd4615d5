/* What the methods of chat.* share. */
#ifndef TAUT_API_CHAT_H
#define TAUT_API_CHAT_H

#include "core/call.h"

/* as_user_not_supported for bots with granular scopes. */
enum err chat_check_as_user(const struct call *c, bool as_user);

#endif
