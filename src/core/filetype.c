#include "core/filetype.h"

#include "base/buf.h"
#include "base/utf8.h"

enum { NAME_MAX_CHARS = 255, ENDING_MAX_BYTES = 16 };

const struct filetype *filetype_find(struct str name)
{
    int low = 0, high = filetypes_n;

    while (low < high) {
        int mid = (low + high) / 2, c = str_cmp(filetypes[mid].name, name);
        if (c == 0)
            return &filetypes[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct filetype *filetype_of(struct str name)
{
    const struct filetype *t = filetype_find(name);

    return t ? t : filetype_find(S("binary"));
}

static bool magic_fits(const struct filetype *t, struct str head)
{
    for (const struct filetype_magic *m = t->magic; m && m->bytes.n; m++)
        if (str_starts(str_skip(head, m->at), m->bytes))
            return true;
    return false;
}

static struct str ending(struct str name)
{
    size_t at = name.n;

    while (at > 0 && name.p[at - 1] != '.')
        at--;
    return at > 0 ? str_skip(name, at) : S("");
}

static const struct filetype *by_ending(struct str name)
{
    struct str end = ending(name);

    for (int i = 0; end.n && end.n <= ENDING_MAX_BYTES && i < filetypes_n; i++)
        for (const struct str *e = filetypes[i].ext; e->n; e++)
            if (str_eq_nocase(*e, end))
                return &filetypes[i];
    return NULL;
}

static const struct filetype *by_magic(struct str head)
{
    for (int i = 0; i < filetypes_n; i++)
        if (magic_fits(&filetypes[i], head))
            return &filetypes[i];
    return NULL;
}

const struct filetype *filetype_by_name(struct str filename)
{
    const struct filetype *t = by_ending(filename);

    return t ? t : filetype_find(S("binary"));
}

const struct filetype *filetype_detect(struct str filename, struct str head, bool is_text)
{
    const struct filetype *named = by_ending(filename), *seen = NULL;

    if (named && (magic_fits(named, head) || (named->base.n && magic_fits(filetype_of(named->base), head))))
        return named; /* several types share their first bytes: a name may tell which */
    if (!is_text)
        seen = by_magic(head);
    if (seen)
        return seen;
    if (is_text)
        return named && named->text ? named : filetype_find(S("text"));
    return named && !named->text && !named->magic && !named->base.n ? named : filetype_find(S("binary"));
}

/* --- names ---------------------------------------------------------------------------------------------------- */

/* Control characters, and those that turn the direction of text: "cod.exe" must not be shown as "exe.doc". */
static bool is_hidden(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x61C || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF;
}

static struct str last_component(struct str name)
{
    size_t at = name.n;

    while (at > 0 && name.p[at - 1] != '/' && name.p[at - 1] != '\\')
        at--;
    return str_skip(name, at);
}

struct str filename_clean(struct arena *a, struct str name)
{
    struct str rest = last_component(name), out;
    struct buf b = buf_in(a, name.n + 1);
    uint32_t cp;
    size_t n;

    while ((n = utf8_decode(rest, &cp)) > 0) {
        if (!is_hidden(cp))
            buf_put(&b, rest.p, n);
        rest = str_skip(rest, n);
    }
    out = str_trim(utf8_head(buf_view(&b), NAME_MAX_CHARS));
    return str_eq(out, S(".")) || str_eq(out, S("..")) ? S("") : out;
}

struct str filename_slug(struct arena *a, struct str name)
{
    struct buf b = buf_in(a, name.n + 8);

    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        if (ch >= 'A' && ch <= 'Z')
            ch = (char)(ch - 'A' + 'a');
        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '.')
            buf_char(&b, ch);
        else if (!b.n || b.p[b.n - 1] != '_')
            buf_char(&b, '_');
    }
    if (!b.n)
        buf_str(&b, S("file"));
    return buf_view(&b);
}

struct str filename_title(struct str name)
{
    struct str end = ending(name);

    return end.n && end.n + 1 < name.n ? str_head(name, name.n - end.n - 1) : name;
}
