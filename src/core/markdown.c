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
static size_t put_span(struct buf *b, struct str s, struct str mark, char sign, int depth)
{
    struct str inner = str_skip(s, mark.n);
    size_t end;

    if (!str_starts(s, mark) || inner.n == 0 || is_space(inner.p[0]) || depth >= NESTING_MAX)
        return 0;
    end = closing(inner, mark);
    if (end == inner.n)
        return 0;
    buf_char(b, sign);
    put_inline(b, str_head(inner, end), depth + 1);
    buf_char(b, sign);
    return mark.n + end + mark.n;
}

static size_t put_code(struct buf *b, struct str s)
{
    ptrdiff_t end = str_chr(str_skip(s, 1), '`');

    if (end < 0)
        return 0;
    buf_str(b, str_head(s, (size_t)end + 2));
    return (size_t)end + 2;
}

/* [label](address) and ![label](address). */
static size_t put_link(struct buf *b, struct str s)
{
    size_t start = s.p[0] == '!' ? 1 : 0;
    ptrdiff_t label_end, end;
    struct str label, address;

    if (at(s, start) != '[')
        return 0;
    label_end = str_find(s, S("]("));
    if (label_end < 0)
        return 0;
    end = str_chr(str_skip(s, (size_t)label_end), ')');
    if (end < 0)
        return 0;
    label = str_of(s.p + start + 1, (size_t)label_end - start - 1);
    address = str_trim(str_of(s.p + label_end + 2, (size_t)end - 2));
    address =
        str_head(address, str_chr(address, ' ') < 0 ? address.n : (size_t)str_chr(address, ' ')); /* a title follows */
    if (address.n == 0 || str_chr(address, '>') >= 0 || str_chr(address, '|') >= 0)
        return 0;
    buf_char(b, '<');
    buf_str(b, address);
    if (label.n) {
        buf_char(b, '|');
        buf_str(b, label);
    }
    buf_char(b, '>');
    return (size_t)label_end + (size_t)end + 1;
}

/* A sequence such as <@U1> or <https://…> goes through whole. */
static size_t put_sequence(struct buf *b, struct str s)
{
    ptrdiff_t end = str_chr(s, '>');

    if (end < 2 || str_chr(str_head(s, (size_t)end), ' ') >= 0)
        return 0;
    buf_str(b, str_head(s, (size_t)end + 1));
    return (size_t)end + 1;
}

/* What stands at the beginning of s, when it is markup; bytes taken. */
static size_t put_markup(struct buf *b, struct str s, char before, int depth)
{
    size_t n = 0;

    switch (s.p[0]) {
    case '\\':
        if (s.n < 2 || is_word(s.p[1]) || is_space(s.p[1]))
            return 0;
        buf_char(b, s.p[1]);
        return 2;
    case '`':
        return put_code(b, s);
    case '<':
        return put_sequence(b, s);
    case '!':
    case '[':
        return put_link(b, s);
    case '~':
        return put_span(b, s, S("~~"), '~', depth);
    case '*':
        n = put_span(b, s, S("**"), '*', depth);
        return n ? n : put_span(b, s, S("*"), '_', depth);
    case '_':
        if (is_word(before))
            return 0;
        n = put_span(b, s, S("__"), '*', depth);
        return n ? n : put_span(b, s, S("_"), '_', depth);
    default:
        return 0;
    }
}

static void put_inline(struct buf *b, struct str s, int depth)
{
    char before = '\0';

    while (s.n) {
        size_t taken = put_markup(b, s, before, depth);
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
