/* Standard emoji by their short names ("thumbsup", "flag-de"), without the colons. */
#ifndef TAUT_CORE_EMOJI_H
#define TAUT_CORE_EMOJI_H

#include "base/str.h"

/* A standard emoji, with a skin tone ("wave::skin-tone-3", "couple::skin-tone-2-5") or without.
 * Emoji of a workspace are not known here. */
bool emoji_known(struct str name);

/* The name without its skin tone; the whole name when it ends in none. */
struct str emoji_base(struct str name);

/* Could be a name at all: 1 to 100 of a-z, 0-9, _, -, + and ', and after it perhaps a skin tone. */
bool emoji_name_valid(struct str name);

#endif
