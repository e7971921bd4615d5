/* Short names of emoji: a search in the sorted table that the catalogue yields. */
#include "core/emoji.h"

#include "emoji_names.h" /* generated */

enum { NAME_MAX_BYTES = 100 };

static struct str name_at(int i)
{
    return str_of(emoji_name_bytes + emoji_name_at[i], (size_t)(emoji_name_at[i + 1] - emoji_name_at[i]));
}

static bool is_tone(char c)
{
    return c >= '2' && c <= '6';
}

struct str emoji_base(struct str name)
{
    static const struct str mark = {"::skin-tone-", 12};
    ptrdiff_t at = str_find(name, mark);
    struct str tone;

    if (at <= 0)
        return name;
    tone = str_skip(name, (size_t)at + mark.n);
    /* Pairs of people carry a tone for each. */
    if ((tone.n == 1 && is_tone(tone.p[0])) ||
        (tone.n == 3 && is_tone(tone.p[0]) && tone.p[1] == '-' && is_tone(tone.p[2])))
        return str_head(name, (size_t)at);
    return name;
}

bool emoji_known(struct str name)
{
    struct str base = emoji_base(name);
    int low = 0, high = EMOJI_NAMES_N;

    while (low < high) {
        int mid = (low + high) / 2, order = str_cmp(name_at(mid), base);
        if (order == 0)
            return true;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

bool emoji_name_valid(struct str name)
{
    struct str base = emoji_base(name);

    for (size_t i = 0; i < base.n; i++) {
        char c = base.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '\''))
            return false;
    }
    return base.n > 0 && base.n <= NAME_MAX_BYTES;
}
