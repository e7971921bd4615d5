#include "core/channel_name.h"

#include "base/buf.h"
#include "base/utf8.h"

/* Spaces, punctuation, symbols and controls beyond ASCII: what no letter or digit of any script is. */
static bool is_special(uint32_t cp)
{
    return (cp >= 0x80 && cp < 0xAA) || (cp >= 0x2000 && cp <= 0x2BFF) || (cp >= 0x3000 && cp <= 0x3004) ||
           (cp >= 0x3008 && cp <= 0x3020) || (cp >= 0xE000 && cp <= 0xF8FF) || (cp >= 0xFE00 && cp <= 0xFE0F) ||
           (cp >= 0xFF00 && cp <= 0xFF0F) || cp >= 0x1F000 || cp == 0xD7 || cp == 0xF7;
}

static bool is_allowed(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') || cp == '-' || cp == '_';
    return !is_special(cp);
}

enum err channel_name_check(struct arena *a, struct str name)
{
    struct str rest = name;
    bool only_punctuation = true;
    uint32_t cp;
    size_t n;

    if (name.n == 0)
        return ERR_INVALID_NAME_REQUIRED;
    if (utf8_count(name) > CHANNEL_NAME_MAX)
        return ERR_INVALID_NAME_MAXLENGTH;
    while ((n = utf8_decode(rest, &cp)) > 0) {
        if (!is_allowed(cp))
            return ERR_INVALID_NAME_SPECIALS;
        if (cp != '-' && cp != '_')
            only_punctuation = false;
        rest = str_skip(rest, n);
    }
    if (only_punctuation)
        return ERR_INVALID_NAME_PUNCTUATION;
    return str_eq(utf8_fold(a, name), name) ? OK : ERR_INVALID_NAME_SPECIALS;
}

struct str channel_name_repair(struct arena *a, struct str name)
{
    struct str rest = utf8_fold(a, str_trim(name));
    struct buf b = buf_in(a, (size_t)CHANNEL_NAME_MAX * 4);
    uint32_t cp;
    size_t n;

    if (str_starts(rest, S("#")))
        rest = str_skip(rest, 1);
    for (int i = 0; i < CHANNEL_NAME_MAX && (n = utf8_decode(rest, &cp)) > 0; i++) {
        if (is_allowed(cp))
            buf_str(&b, str_head(rest, n));
        else
            buf_char(&b, '-');
        rest = str_skip(rest, n);
    }
    return buf_view(&b);
}
