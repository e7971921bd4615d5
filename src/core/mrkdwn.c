/* Storing text: what is escaped, what becomes a link, where it is cut. */
#include "core/mrkdwn.h"

#include "base/buf.h"
#include "core/mrkdwn_text.h"

bool mrkdwn_parse_mode(struct str s, enum mrkdwn_parse *mode)
{
    static const struct str names[] = {{"none", 4}, {"client", 6}, {"full", 4}};

    for (int i = MRKDWN_NONE; i <= MRKDWN_FULL; i++) {
        if (str_eq(s, names[i])) {
            *mode = (enum mrkdwn_parse)i;
            return true;
        }
    }
    return false;
}

/* --- cutting
 * -------------------------------------------------------------------------------------------------- */

/* Where head must end so that it cuts nothing in two; what c begins stands in text and may reach past head.
 */
static size_t before_cut_piece(struct str text, struct str head, char c)
{
    const char *at = memrchr(head.p, c, head.n);
    struct mrkdwn_ref ref;
    struct str rest;
    size_t n;

    if (!at)
        return head.n;
    rest = str_skip(text, (size_t)(at - head.p));
    n = c == '<' ? mrkdwn_sequence(rest, &ref) : text_entity(rest);
    return n > (size_t)(head.p + head.n - at) ? (size_t)(at - head.p) : head.n;
}

struct str mrkdwn_cut(struct str text, size_t max_chars, bool *cut)
{
    struct str head;

    if (text.n <= max_chars) /* no fewer bytes than characters */
        return text;
    head = utf8_head(text, max_chars);
    if (head.n == text.n)
        return text;
    *cut = true;
    head.n = before_cut_piece(text, head, '&');
    head.n = before_cut_piece(text, head, '<');
    return head;
}

/* --- the scanner
 * ---------------------------------------------------------------------------------------------- */

struct scan {
    struct str in;
    size_t at;    /* where we look */
    size_t start; /* what is before it has been copied or replaced */
    size_t floor; /* domains never begin before it: what stands there has been judged */
    struct buf out;
};

/* The text from `at` on. */
static struct str ahead(const struct scan *s)
{
    return str_skip(s->in, s->at);
}

/* Copies what is to stay up to position `upto`; what stands from there to `next` is the caller's to write. */
static void replace(struct scan *s, size_t upto, size_t next)
{
    buf_str(&s->out, str_of(s->in.p + s->start, upto - s->start));
    s->start = s->at = s->floor = next;
}

/* Writes s with its bare & escaped. */
static void put_with_entities(struct buf *out, struct str s)
{
    size_t start = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '&' || text_entity(str_skip(s, i)))
            continue;
        buf_str(out, str_of(s.p + start, i - start));
        buf_str(out, S("&amp;"));
        start = i + 1;
    }
    buf_str(out, str_skip(s, start));
}

static void ampersand(struct scan *s)
{
    size_t n = text_entity(ahead(s));

    if (n) {
        s->at += n;
        return;
    }
    replace(s, s->at, s->at + 1);
    buf_str(&s->out, S("&amp;"));
}

static void less_than(struct scan *s)
{
    struct mrkdwn_ref ref;
    struct str rest = ahead(s);
    size_t n = mrkdwn_sequence(rest, &ref);

    if (!n) {
        replace(s, s->at, s->at + 1);
        buf_str(&s->out, S("&lt;"));
        return;
    }
    if (str_chr(str_head(rest, n), '&') < 0) {
        s->at = s->floor = s->at + n;
        return;
    }
    replace(s, s->at, s->at + n);
    put_with_entities(&s->out, str_head(rest, n));
}

/* --- links
 * ---------------------------------------------------------------------------------------------------- */

/* Without the punctuation that belongs to the sentence: "(see http://a.b/c)." */
static size_t trim_url(struct str url)
{
    static const char close[] = ")]}", open[] = "([{";
    long unmatched[3] = {0}; /* closing brackets without an opening one */

    for (size_t i = 0; i < url.n; i++)
        for (int k = 0; k < 3; k++)
            unmatched[k] += (url.p[i] == close[k]) - (url.p[i] == open[k]);
    for (; url.n; url.n--) {
        const char *bracket = strchr(close, url.p[url.n - 1]);
        if (bracket) {
            if (unmatched[bracket - close]-- <= 0)
                break;
        } else if (!text_in(url.p[url.n - 1], ".,;:!?'\"*_~")) {
            break;
        }
    }
    return url.n;
}

/* Length of what s holds of a URL. */
static size_t url_length(struct str s)
{
    size_t i = 0;

    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        size_t n = 1;
        if (c <= ' ' || c == 0x7F || text_in((char)c, "<>\"|`"))
            break;
        if (c == '&' && (str_starts(str_skip(s, i), S("&lt;")) || str_starts(str_skip(s, i), S("&gt;"))))
            break;
        if (c >= 0x80 && !(n = text_wide(str_skip(s, i))))
            break;
        i += n;
    }
    return trim_url(str_head(s, i));
}

static bool is_host_start(struct str s)
{
    return s.n && (text_is_alnum(s.p[0]) || s.p[0] == '[' || ((unsigned char)s.p[0] >= 0x80 && text_wide(s)));
}

/* At a ':': puts a URL around it in <>. */
static void colon(struct scan *s)
{
    static const struct str schemes[] = {{"https", 5}, {"http", 4}, {"ftp", 3}};
    struct str rest = ahead(s), before = str_of(s->in.p + s->start, s->at - s->start);
    size_t n = 0, url_n;

    s->at++;
    if (!str_starts(rest, S("://")) || !is_host_start(str_skip(rest, 3)))
        return;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]) && !n; i++)
        if (before.n >= schemes[i].n && str_eq_nocase(str_skip(before, before.n - schemes[i].n), schemes[i]))
            n = schemes[i].n;
    if (!n || (before.n > n && text_is_alnum(before.p[before.n - n - 1])))
        return;
    url_n = 3 + url_length(str_skip(rest, 3));
    if (url_n == 3)
        return;
    s->at--;
    replace(s, s->at - n, s->at + url_n);
    buf_char(&s->out, '<');
    put_with_entities(&s->out, str_of(rest.p - n, n + url_n));
    buf_char(&s->out, '>');
}

/* --- domains and addresses (parse=full)
 * ----------------------------------------------------------------------- */

/* Of domains and addresses. */
static bool is_word_char(char c)
{
    return text_is_alnum(c) || text_in(c, "-.@_+%");
}

/* A last label that people mean as a domain: two letters (countries) or one of the common long ones. */
static bool is_top_level(struct str label)
{
    static const char *const known[] = {"com",  "net",  "org",   "edu",    "gov",   "mil",   "int",  "info", "biz",
                                        "name", "pro",  "app",   "dev",    "cloud", "site",  "xyz",  "tech", "blog",
                                        "shop", "page", "store", "online", "wiki",  "email", "chat", NULL};

    if (label.n == 2)
        return !(label.p[0] >= '0' && label.p[0] <= '9') && !(label.p[1] >= '0' && label.p[1] <= '9') &&
               text_is_alnum(label.p[0]) && text_is_alnum(label.p[1]);
    for (int i = 0; known[i]; i++)
        if (str_eq_nocase(label, str_c(known[i])))
            return true;
    return false;
}

static bool is_label(struct str label)
{
    for (size_t i = 0; i < label.n; i++)
        if (!text_is_alnum(label.p[i]) && label.p[i] != '-')
            return false;
    return label.n && label.p[0] != '-' && label.p[label.n - 1] != '-';
}

/* "a.example.com": the last label a top-level domain. */
static bool is_domain(struct str host)
{
    struct str label, last = S("");

    if (str_ends(host, S(".")) || str_chr(host, '.') < 0)
        return false;
    while (str_cut(&host, '.', &label)) {
        if (!is_label(label))
            return false;
        last = label;
    }
    return is_top_level(last);
}

static void put_link(struct scan *s, const char *scheme, struct str shown)
{
    buf_printf(&s->out, "<%s", scheme);
    put_with_entities(&s->out, shown);
    buf_char(&s->out, '|');
    put_with_entities(&s->out, shown);
    buf_char(&s->out, '>');
}

/* What stands before a domain.  A letter beyond ASCII would be part of its name. */
static bool may_precede(char c)
{
    return (unsigned char)c < 0x80 && !text_in(c, "/:@#");
}

/* At a '.': a domain with what follows it, or an e-mail address, becomes a link.  What was judged
 * is passed over, so that text of many dots is read once. */
static void dot(struct scan *s)
{
    size_t begin = s->at, end = s->at, at_sign;
    struct str word, host, rest;

    while (begin > s->floor && is_word_char(s->in.p[begin - 1]))
        begin--;
    while (end < s->in.n && is_word_char(s->in.p[end]))
        end++;
    while (begin < s->at && s->in.p[begin] == '_') /* _in italics_ */
        begin++;
    word = str_of(s->in.p + begin, end - begin);
    while (word.n && text_in(word.p[word.n - 1], ".-_"))
        word.n--;
    for (at_sign = 0; at_sign < word.n && word.p[at_sign] != '@'; at_sign++)
        ;
    host = at_sign < word.n ? str_skip(word, at_sign + 1) : word;
    s->at = s->floor = end;
    if (!is_domain(host) || at_sign == 0 || (begin > 0 && !may_precede(s->in.p[begin - 1])))
        return;
    if (at_sign < word.n) {
        replace(s, begin, begin + word.n);
        put_link(s, "mailto:", word);
        return;
    }
    rest = str_skip(s->in, begin + word.n);
    if (rest.n && text_in(rest.p[0], "/?:"))
        word.n += url_length(rest);
    replace(s, begin, begin + word.n);
    put_link(s, "http://", word);
}

/* --- storing
 * -------------------------------------------------------------------------------------------------- */

enum { STOP_MARKUP = 1, STOP_LINK = 2, STOP_DOMAIN = 4 };

static const unsigned char stops[256] = {
    ['&'] = STOP_MARKUP, ['<'] = STOP_MARKUP, ['>'] = STOP_MARKUP, [':'] = STOP_LINK, ['.'] = STOP_DOMAIN,
};

static void scan_one(struct scan *s)
{
    switch (s->in.p[s->at]) {
    case '&':
        ampersand(s);
        break;
    case '<':
        less_than(s);
        break;
    case '>':
        replace(s, s->at, s->at + 1);
        buf_str(&s->out, S("&gt;"));
        break;
    case ':':
        colon(s);
        break;
    default:
        dot(s);
    }
}

struct str mrkdwn_store(struct arena *a, struct str text, enum mrkdwn_parse mode, bool plain)
{
    unsigned mask = STOP_MARKUP;
    /* The most that one byte becomes: an & in a link that is also its label, 10 bytes. */
    struct scan s = {.in = text, .out = buf_in(a, text.n * 12 + 16)};

    if (!plain)
        mask |= mode == MRKDWN_FULL ? STOP_LINK | STOP_DOMAIN : STOP_LINK;
    for (;;) {
        while (s.at < text.n && !(stops[(unsigned char)text.p[s.at]] & mask))
            s.at++;
        if (s.at >= text.n)
            break;
        scan_one(&s);
    }
    if (s.start == 0 && s.out.n == 0)
        return text;
    buf_str(&s.out, str_skip(text, s.start));
    return buf_view(&s.out);
}

static struct str escape(struct arena *a, struct str text, bool keep_entities)
{
    struct buf out;
    size_t start = 0;

    if (str_chr(text, '&') < 0 && str_chr(text, '<') < 0 && str_chr(text, '>') < 0)
        return text;
    out = buf_in(a, text.n * 5);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!(stops[(unsigned char)c] & STOP_MARKUP) || (keep_entities && c == '&' && text_entity(str_skip(text, i))))
            continue;
        buf_str(&out, str_of(text.p + start, i - start));
        buf_str(&out, c == '&' ? S("&amp;") : c == '<' ? S("&lt;") : S("&gt;"));
        start = i + 1;
    }
    buf_str(&out, str_skip(text, start));
    return buf_view(&out);
}

struct str mrkdwn_escape(struct arena *a, struct str text)
{
    return escape(a, text, false);
}

struct str mrkdwn_store_plain(struct arena *a, struct str text)
{
    return escape(a, text, true);
}
