#include "core/markdown.h"

#include "base/buf.h"

enum { NESTING_MAX = 8 };

static void put_inline(struct buf *b, struct str s, int depth);

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\t';
}

static bool is_word(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           (unsigned char)ch >= 0x80;
}

static char at(struct str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

/* --- within a line -------------------------------------------------------------------------------------------- */

/* Marks that stand on both sides, and Slack's sign for them. */
enum mark { STRIKE, STRONG, EMPHASIS, STRONG_UNDER, EMPHASIS_UNDER, MARKS_N };
static const struct {
    struct str mark;
    char sign;
} marks[MARKS_N] = {
    [STRIKE] = {{"~~", 2}, '~'},       [STRONG] = {{"**", 2}, '*'},        [EMPHASIS] = {{"*", 1}, '_'},
    [STRONG_UNDER] = {{"__", 2}, '*'}, [EMPHASIS_UNDER] = {{"_", 1}, '_'},
};

/* A text on its way.  What has no end for one has none for those behind it: it is looked for once, so that a line of
 * nothing but marks takes no longer than any other. */
struct text {
    struct buf *b;
    int depth;
    bool unclosed[MARKS_N], no_code;
    const char *no_link, *no_sequence; /* before this none begins; NULL: not known */
};

/* Where the mark that opened before s closes: behind something that is no blank; length of s when it does not. */
static size_t closing(struct str s, struct str mark)
{
    for (size_t i = 1; i + mark.n <= s.n; i++) {
        if (s.p[i - 1] == '\\')
            continue;
        if (s.p[i] == '`') { /* marks inside code are none */
            ptrdiff_t end = str_chr(str_skip(s, i + 1), '`');
            if (end >= 0)
                i += (size_t)end + 1;
            continue;
        }
        if (is_space(s.p[i - 1]) || !str_starts(str_skip(s, i), mark))
            continue;
        if (mark.n == 1 && at(s, i + 1) == mark.p[0]) { /* a double mark closes a double one */
            i++;
            continue;
        }
        if (mark.p[0] == '_' && is_word(at(s, i + mark.n)))
            continue;
        return i;
    }
    return s.n;
}

/* A span between two equal marks, as Slack's sign around what it holds; bytes taken, 0 when it is none. */
static size_t put_span(struct text *t, struct str s, enum mark m)
{
    struct str mark = marks[m].mark, inner = str_skip(s, mark.n);
    size_t end;

    if (t->unclosed[m] || !str_starts(s, mark) || inner.n == 0 || is_space(inner.p[0]) || t->depth >= NESTING_MAX)
        return 0;
    end = closing(inner, mark);
    t->unclosed[m] = end == inner.n;
    if (t->unclosed[m])
        return 0;
    buf_char(t->b, marks[m].sign);
    put_inline(t->b, str_head(inner, end), t->depth + 1);
    buf_char(t->b, marks[m].sign);
    return mark.n + end + mark.n;
}

static size_t put_code(struct text *t, struct str s)
{
    ptrdiff_t end = t->no_code ? -1 : str_chr(str_skip(s, 1), '`');

    t->no_code = end < 0;
    if (end < 0)
        return 0;
    buf_str(t->b, str_head(s, (size_t)end + 2));
    return (size_t)end + 2;
}

static void put_address(struct buf *b, struct str address, struct str label)
{
    buf_char(b, '<');
    buf_str(b, address);
    if (label.n) {
        buf_char(b, '|');
        buf_str(b, label);
    }
    buf_char(b, '>');
}

/* [label](address) and ![label](address). */
static size_t put_link(struct text *t, struct str s)
{
    size_t start = s.p[0] == '!' ? 1 : 0;
    ptrdiff_t label_end, end;
    struct str address;

    if (at(s, start) != '[' || s.p < t->no_link)
        return 0;
    label_end = str_find(s, S("]("));
    end = label_end < 0 ? -1 : str_chr(str_skip(s, (size_t)label_end), ')');
    t->no_link = s.p + (end < 0 ? s.n : (size_t)label_end);
    if (end < 0)
        return 0;
    address = str_trim(str_of(s.p + label_end + 2, (size_t)end - 2));
    address =
        str_head(address, str_chr(address, ' ') < 0 ? address.n : (size_t)str_chr(address, ' ')); /* a title follows */
    if (address.n == 0 || str_chr(address, '>') >= 0 || str_chr(address, '|') >= 0)
        return 0;
    put_address(t->b, address, str_of(s.p + start + 1, (size_t)label_end - start - 1));
    return (size_t)label_end + (size_t)end + 1;
}

/* A sequence such as <@U1> or <https://…> goes through whole. */
static size_t put_sequence(struct text *t, struct str s)
{
    ptrdiff_t end, blank;

    if (s.p < t->no_sequence)
        return 0;
    end = str_chr(s, '>');
    blank = end < 0 ? (ptrdiff_t)s.n : str_chr(str_head(s, (size_t)end), ' ');
    if (blank >= 0)
        t->no_sequence = s.p + blank;
    if (blank >= 0 || end < 2)
        return 0;
    buf_str(t->b, str_head(s, (size_t)end + 1));
    return (size_t)end + 1;
}

/* What stands at the beginning of s, when it is markup; bytes taken. */
static size_t put_markup(struct text *t, struct str s, char before)
{
    size_t n = 0;

    switch (s.p[0]) {
    case '\\':
        if (s.n < 2 || is_word(s.p[1]) || is_space(s.p[1]))
            return 0;
        buf_char(t->b, s.p[1]);
        return 2;
    case '`':
        return put_code(t, s);
    case '<':
        return put_sequence(t, s);
    case '!':
    case '[':
        return put_link(t, s);
    case '~':
        return put_span(t, s, STRIKE);
    case '*':
        n = put_span(t, s, STRONG);
        return n ? n : put_span(t, s, EMPHASIS);
    case '_':
        if (is_word(before))
            return 0;
        n = put_span(t, s, STRONG_UNDER);
        return n ? n : put_span(t, s, EMPHASIS_UNDER);
    default:
        return 0;
    }
}

static void put_inline(struct buf *b, struct str s, int depth)
{
    struct text t = {.b = b, .depth = depth};
    char before = '\0';

    while (s.n) {
        size_t taken = put_markup(&t, s, before);
        if (!taken) {
            buf_char(b, s.p[0]);
            taken = 1;
        }
        before = s.p[taken - 1];
        s = str_skip(s, taken);
    }
}

/* --- lines ---------------------------------------------------------------------------------------------------- */

static bool is_fence(struct str line)
{
    return str_starts(str_trim(line), S("```")) || str_starts(str_trim(line), S("~~~"));
}

/* "## Title ##" as bold text. */
static bool put_heading(struct buf *b, struct str line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] == '#')
        n++;
    if (n == 0 || n > 6 || (n < line.n && !is_space(line.p[n])))
        return false;
    line = str_trim(str_skip(line, n));
    while (line.n && line.p[line.n - 1] == '#')
        line.n--;
    line = str_trim(line);
    if (line.n == 0)
        return true;
    buf_char(b, '*');
    put_inline(b, line, NESTING_MAX); /* bold inside bold would end it */
    buf_char(b, '*');
    return true;
}

/* "- item" with a bullet; its indent stays. */
static bool put_item(struct buf *b, struct str line)
{
    size_t indent = 0;

    while (indent < line.n && is_space(line.p[indent]))
        indent++;
    if (indent + 1 >= line.n || !strchr("-*+", line.p[indent]) || !is_space(line.p[indent + 1]))
        return false;
    buf_str(b, str_head(line, indent));
    buf_str(b, S("• "));
    put_inline(b, str_skip(line, indent + 2), 0);
    return true;
}

static void put_line(struct buf *b, struct str line)
{
    if (put_heading(b, line) || put_item(b, line))
        return;
    put_inline(b, line, 0);
}

struct str markdown_to_mrkdwn(struct arena *a, struct str markdown)
{
    struct buf b = buf_in(a, markdown.n * 4 + 16);
    struct str rest = markdown;
    bool in_code = false;

    while (rest.n) {
        ptrdiff_t end = str_chr(rest, '\n');
        struct str line = end < 0 ? rest : str_head(rest, (size_t)end);
        if (is_fence(line)) {
            in_code = !in_code;
            buf_str(&b, S("```"));
        } else if (in_code) {
            buf_str(&b, line);
        } else {
            put_line(&b, line);
        }
        if (end >= 0)
            buf_char(&b, '\n');
        rest = end < 0 ? S("") : str_skip(rest, (size_t)end + 1);
    }
    if (in_code)
        buf_str(&b, S("\n```"));
    return buf_view(&b);
}
