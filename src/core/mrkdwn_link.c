/* @names and #names of stored text as sequences. */
#include "base/buf.h"
#include "base/id.h"
#include "core/mrkdwn.h"
#include "core/mrkdwn_text.h"

/* Names have 80 characters at most.  A text of nothing but @s costs so many look-ups and no more. */
enum { NAME_MAX_BYTES = 320, LOOKUPS_MAX = 200 };

/* A sign counts at the beginning of a word: not in "a@b.c", "C#", "x/#top". */
static bool begins_name(struct str text, size_t at)
{
    char before = at ? text.p[at - 1] : ' ';

    return !text_is_alnum(before) && !text_in(before, "_./@#&");
}

/* Bytes of the name that s begins with. */
static size_t name_length(struct str s)
{
    size_t i = 0, n;

    while (i < s.n) {
        n = 1;
        if ((unsigned char)s.p[i] >= 0x80)
            n = text_wide(str_skip(s, i));
        else if (!text_is_alnum(s.p[i]) && !text_in(s.p[i], "._-"))
            break;
        if (!n)
            break;
        i += n;
    }
    return i;
}

/* The next @ or # that may begin a name, from `from` on; text.n when there is none. */
static size_t next_sign(struct str text, size_t from)
{
    struct mrkdwn_ref ref;
    size_t at = from;

    while (at < text.n) {
        char c = text.p[at];
        size_t skip = c == '<' ? mrkdwn_sequence(str_skip(text, at), &ref) : 0;
        if ((c == '@' || c == '#') && begins_name(text, at) && name_length(str_skip(text, at + 1)))
            return at;
        at += skip ? skip : 1;
    }
    return text.n;
}

bool mrkdwn_has_names(struct str text)
{
    return (str_chr(text, '@') >= 0 || str_chr(text, '#') >= 0) && next_sign(text, 0) < text.n;
}

/* What a name stands for: a row, or one of the special words. */
struct found {
    int64_t id;
    struct str word;
};

static bool find_special(struct str name, struct found *found)
{
    static const struct str words[] = {{"here", 4}, {"channel", 7}, {"everyone", 8}, {"group", 5}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_eq_nocase(name, words[i])) {
            found->word = words[i];
            return true;
        }
    }
    return false;
}

struct linker {
    struct arena *arena;
    const struct mrkdwn_names *names;
    int lookups;
};

static bool find_name(struct linker *l, char sign, struct str name, struct found *found)
{
    *found = (struct found){0};
    if (name.n == 0 || name.n > NAME_MAX_BYTES)
        return false;
    if (sign == '@' && find_special(name, found))
        return true;
    if (l->lookups++ >= LOOKUPS_MAX)
        return false;
    name = utf8_fold(l->arena, name);
    found->id = sign == '@' ? l->names->user(l->names->ctx, name) : l->names->channel(l->names->ctx, name);
    return found->id != 0;
}

static void put_found(struct buf *out, char sign, struct str name, const struct found *found)
{
    char text[ID_MAX];

    buf_char(out, '<');
    if (found->word.n) {
        buf_char(out, '!');
        buf_str(out, found->word);
    } else {
        buf_char(out, sign);
        buf_put(out, text, id_format(found->id, text));
    }
    if (sign == '#') {
        buf_char(out, '|');
        buf_str(out, name);
    }
    buf_char(out, '>');
}

struct str mrkdwn_link(struct arena *a, struct str text, const struct mrkdwn_names *names)
{
    struct linker l = {.arena = a, .names = names};
    /* "#a" becomes "<#C01234567890|a>": 18 bytes for two. */
    struct buf out = buf_in(a, text.n * 10 + 16);
    size_t at = 0, start = 0;
    struct found found;

    while ((at = next_sign(text, at)) < text.n) {
        struct str name = str_of(text.p + at + 1, name_length(str_skip(text, at + 1)));
        size_t after = at + 1 + name.n;
        bool known = find_name(&l, text.p[at], name, &found);

        if (!known) { /* perhaps without the end of the sentence: "ask @bob." */
            struct str whole = name;
            while (name.n && text_in(name.p[name.n - 1], "._-"))
                name.n--;
            known = name.n < whole.n && find_name(&l, text.p[at], name, &found);
        }
        if (known) {
            buf_str(&out, str_of(text.p + start, at - start));
            put_found(&out, text.p[at], name, &found);
            start = at + 1 + name.n;
        }
        at = known ? start : after;
    }
    if (start == 0)
        return text;
    buf_str(&out, str_skip(text, start));
    return buf_view(&out);
}
