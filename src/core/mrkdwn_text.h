/* Characters of message text: what the parts of mrkdwn share. */
#ifndef TAUT_CORE_MRKDWN_TEXT_H
#define TAUT_CORE_MRKDWN_TEXT_H

#include "base/utf8.h"

static inline bool text_is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* c is one of set. */
static inline bool text_in(char c, const char *set)
{
    return c && strchr(set, c);
}

/* Length of the entity that s begins with ("&amp;", "&lt;", "&gt;"); 0 when it is none. */
static inline size_t text_entity(struct str s)
{
    if (str_starts(s, S("&amp;")))
        return 5;
    return str_starts(s, S("&lt;")) || str_starts(s, S("&gt;")) ? 4 : 0;
}

/* Bytes of the non-ASCII character that s begins with; 0 when it is white space or punctuation and so ends a
 * name or a URL: no-break and typographic spaces, general punctuation, CJK and full-width punctuation. */
static inline size_t text_wide(struct str s)
{
    uint32_t cp;
    size_t n = utf8_decode(s, &cp);

    if (cp <= 0xA0 || (cp >= 0x2000 && cp <= 0x206F) || (cp >= 0x3000 && cp <= 0x301F) ||
        (cp >= 0xFF01 && cp <= 0xFF0F) || cp == 0xFEFF)
        return 0;
    return n;
}

#endif
