/* Sequences in <>: reading one, finding them, text without them. */
#include "base/buf.h"
#include "base/id.h"
#include "core/mrkdwn.h"
#include "core/mrkdwn_text.h"

/* --- reading one
 * ---------------------------------------------------------------------------------------------- */

static bool read_date(struct str rest)
{
    struct str seconds;
    int64_t at;

    return str_cut(&rest, '^', &seconds) && str_to_i64(seconds, &at) && rest.n > 0;
}

/* After "<!". */
static bool read_special(struct str word, struct mrkdwn_ref *ref)
{
    static const struct {
        struct str word;
        enum mrkdwn_ref_kind kind;
    } words[] = {
        {{"here", 4}, MRKDWN_HERE},
        {{"channel", 7}, MRKDWN_MEMBERS},
        {{"group", 5}, MRKDWN_MEMBERS},
        {{"everyone", 8}, MRKDWN_EVERYONE},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_eq(word, words[i].word)) {
            ref->kind = words[i].kind;
            return true;
        }
    }
    if (str_starts(word, S("subteam^"))) {
        ref->kind = MRKDWN_USERGROUP;
        ref->id = id_parse_kind(str_skip(word, 8), "S");
        return ref->id != 0;
    }
    ref->kind = MRKDWN_DATE;
    return str_starts(word, S("date^")) && read_date(str_skip(word, 5));
}

static bool in_list(struct str word, const char *const *list)
{
    for (; *list; list++)
        if (str_eq_nocase(word, str_c(*list)))
            return true;
    return false;
}

/* A link somebody may click: any scheme://, a few schemes without slashes, and nothing that runs as script.
 */
bool mrkdwn_is_url(struct str target)
{
    static const char *const bare[] = {"mailto", "tel",      "sip",    "sips", "sms",
                                       "skype",  "facetime", "callto", "xmpp", NULL};
    static const char *const refused[] = {"javascript", "vbscript", "data", NULL};
    ptrdiff_t colon = str_chr(target, ':');
    struct str scheme, rest;

    if (colon <= 0)
        return false;
    scheme = str_head(target, (size_t)colon);
    rest = str_skip(target, (size_t)colon + 1);
    for (size_t i = 0; i < target.n; i++)
        if ((unsigned char)target.p[i] <= ' ')
            return false;
    for (size_t i = 0; i < scheme.n; i++)
        if (!text_is_alnum(scheme.p[i]) && (i == 0 || !text_in(scheme.p[i], "+-.")))
            return false;
    if (in_list(scheme, refused))
        return false;
    return str_starts(rest, S("//")) ? rest.n > 2 : rest.n > 0 && in_list(scheme, bare);
}

static bool read_target(struct mrkdwn_ref *ref)
{
    struct str rest = str_skip(ref->target, 1);

    if (ref->target.n < 2)
        return false;
    switch (ref->target.p[0]) {
    case '@':
        ref->kind = MRKDWN_USER;
        ref->id = id_parse_kind(rest, "UWB");
        return ref->id != 0;
    case '#':
        ref->kind = MRKDWN_CHANNEL;
        ref->id = id_parse_kind(rest, "CGD");
        return ref->id != 0;
    case '!':
        return read_special(rest, ref);
    default:
        ref->kind = MRKDWN_URL;
        return mrkdwn_is_url(ref->target);
    }
}

size_t mrkdwn_sequence(struct str s, struct mrkdwn_ref *ref)
{
    size_t n = 1, bar;

    while (n < s.n && s.p[n] != '>' && s.p[n] != '<' && s.p[n] != '\n')
        n++;
    if (n >= s.n || s.p[n] != '>')
        return 0;
    for (bar = 1; bar < n && s.p[bar] != '|'; bar++)
        ;
    *ref = (struct mrkdwn_ref){.target = str_of(s.p + 1, bar - 1)};
    if (bar < n)
        ref->label = str_of(s.p + bar + 1, n - bar - 1);
    return read_target(ref) ? n + 1 : 0;
}

bool mrkdwn_next_ref(struct str *rest, struct mrkdwn_ref *ref)
{
    ptrdiff_t at;

    while ((at = str_chr(*rest, '<')) >= 0) {
        size_t n;
        *rest = str_skip(*rest, (size_t)at);
        n = mrkdwn_sequence(*rest, ref);
        *rest = str_skip(*rest, n ? n : 1);
        if (n)
            return true;
    }
    *rest = S("");
    return false;
}

/* --- text without them
 * ---------------------------------------------------------------------------------------- */

static void put_decoded(struct buf *out, struct str s)
{
    while (s.n) {
        size_t n = s.p[0] == '&' ? text_entity(s) : 0;
        if (n)
            buf_char(out, s.p[1] == 'a' ? '&' : s.p[1] == 'l' ? '<' : '>');
        else
            buf_char(out, s.p[0]);
        s = str_skip(s, n ? n : 1);
    }
}

static void put_ref(struct buf *out, const struct mrkdwn_ref *ref)
{
    struct str label = ref->label;

    switch (ref->kind) {
    case MRKDWN_USER:
    case MRKDWN_CHANNEL:
        buf_char(out, ref->target.p[0]);
        put_decoded(out, label.n ? label : str_skip(ref->target, 1));
        return;
    case MRKDWN_USERGROUP:
        if (!label.n || label.p[0] != '@')
            buf_char(out, '@');
        put_decoded(out, label.n ? label : str_skip(ref->target, strlen("!subteam^")));
        return;
    case MRKDWN_HERE:
    case MRKDWN_MEMBERS:
    case MRKDWN_EVERYONE:
        buf_char(out, '@');
        buf_str(out, str_skip(ref->target, 1));
        return;
    case MRKDWN_DATE:
        put_decoded(out, label);
        return;
    case MRKDWN_URL:
        put_decoded(out, label.n ? label : ref->target);
        return;
    }
}

struct str mrkdwn_plain(struct arena *a, struct str text)
{
    struct buf out;
    struct mrkdwn_ref ref;
    size_t at = 0, start = 0;

    if (str_chr(text, '<') < 0 && str_chr(text, '&') < 0)
        return text;
    out = buf_in(a, text.n + 1);
    while (at < text.n) {
        size_t n = text.p[at] == '<' ? mrkdwn_sequence(str_skip(text, at), &ref) : 0;
        if (!n) {
            at++;
            continue;
        }
        put_decoded(&out, str_of(text.p + start, at - start));
        put_ref(&out, &ref);
        start = at += n;
    }
    put_decoded(&out, str_skip(text, start));
    return buf_view(&out);
}
