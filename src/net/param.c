#include "net/param.h"

struct str param_main(struct str value)
{
    ptrdiff_t semicolon = str_chr(value, ';');

    return str_trim(semicolon < 0 ? value : str_head(value, (size_t)semicolon));
}

/* The length of a quoted string at the start of s, both quotes included; 0 when it does not end. */
static size_t quoted_length(struct str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '"')
            return i + 1;
        if (s.p[i] == '\\')
            i++;
    }
    return 0;
}

/* Only \" and \\ are escapes: Windows clients send paths with single backslashes. */
static struct str unquote(struct arena *a, struct str quoted)
{
    char *out = arena_bytes(a, quoted.n);
    size_t n = 0;

    for (size_t i = 1; i + 1 < quoted.n; i++) {
        char next = quoted.p[i + 1];

        if (quoted.p[i] == '\\' && i + 2 < quoted.n && (next == '"' || next == '\\'))
            i++;
        out[n++] = quoted.p[i];
    }
    return str_of(out, n);
}

/* Takes one "name=value" off *rest.  False when a quoted value does not end. */
static bool param_cut(struct arena *a, struct str *rest, struct str *name, struct str *value)
{
    ptrdiff_t equals = str_chr(*rest, '=');
    struct str after;
    size_t n;

    *name = str_trim(str_head(*rest, (size_t)equals));
    after = str_skip(*rest, (size_t)equals + 1);
    while (after.n && (*after.p == ' ' || *after.p == '\t'))
        after = str_skip(after, 1);
    if (after.n && *after.p == '"') {
        n = quoted_length(after);
        if (n == 0)
            return false;
        *value = unquote(a, str_head(after, n));
    } else {
        ptrdiff_t end = str_chr(after, ';');

        n = end < 0 ? after.n : (size_t)end;
        *value = str_trim(str_head(after, n));
    }
    *rest = str_skip(after, n);
    return true;
}

struct str param_get(struct arena *a, struct str value, struct str name)
{
    struct str rest = value, found, content;
    ptrdiff_t semicolon = str_chr(rest, ';');

    while (semicolon >= 0) {
        ptrdiff_t equals;

        rest = str_skip(rest, (size_t)semicolon + 1);
        semicolon = str_chr(rest, ';');
        equals = str_chr(rest, '=');
        if (equals < 0 || (semicolon >= 0 && semicolon < equals))
            continue; /* a piece without a value */
        if (!param_cut(a, &rest, &found, &content))
            break;
        if (str_eq_nocase(found, name))
            return content.n ? content : S("");
        semicolon = str_chr(rest, ';');
    }
    return (struct str){NULL, 0};
}
