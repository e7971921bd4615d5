/* The rule of channel names (limits.md): lower-case letters, digits, hyphen and underscore, at most 80 characters. */
#ifndef TAUT_CORE_CHANNEL_NAME_H
#define TAUT_CORE_CHANNEL_NAME_H

#include "core/call.h"

enum { CHANNEL_NAME_MAX = 80, CHANNEL_TEXT_MAX = 250 };

/* OK, or invalid_name_required, _maxlength, _specials, _punctuation.  Letters of other scripts are taken when they have
 * no upper case left in them. */
enum err channel_name_check(struct arena *a, struct str name);

/* The nearest name that keeps the rule, as methods of old made it: lower case, a hyphen in place of what is not
 * allowed, cut to length. */
struct str channel_name_repair(struct arena *a, struct str name);

#endif
