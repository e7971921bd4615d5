#include "core/redirect.h"

struct url {
    struct str scheme, authority, path; /* path: up to the query; empty is the same as "/" */
};

static bool is_plain(struct str url)
{
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f || url.p[i] == '\\')
            return false;
    return true;
}

static bool split(struct str text, struct url *out)
{
    ptrdiff_t colon = str_find(text, S("://"));
    size_t end;

    if (colon < 0 || !is_plain(text))
        return false;
    out->scheme = str_head(text, (size_t)colon);
    text = str_skip(text, (size_t)colon + 3);
    for (end = 0; end < text.n && text.p[end] != '/' && text.p[end] != '?' && text.p[end] != '#';)
        end++;
    out->authority = str_head(text, end);
    text = str_skip(text, end);
    for (end = 0; end < text.n && text.p[end] != '?' && text.p[end] != '#';)
        end++;
    out->path = str_head(text, end);
    return (str_eq_nocase(out->scheme, S("http")) || str_eq_nocase(out->scheme, S("https"))) && out->authority.n &&
           str_chr(out->authority, '@') < 0;
}

bool redirect_is_url(struct str url)
{
    struct url parts;

    return split(url, &parts);
}

/* "%2e" is a dot to whoever decodes before they resolve. */
static bool has_dot_segment(struct str path)
{
    struct str rest = path, piece;

    while (str_cut(&rest, '/', &piece)) {
        size_t dots = 0, i = 0;
        while (i < piece.n) {
            if (piece.p[i] == '.')
                i++;
            else if (str_eq_nocase(str_head(str_skip(piece, i), 3), S("%2e")))
                i += 3;
            else
                break;
            dots++;
        }
        if (i == piece.n && (dots == 1 || dots == 2))
            return true;
    }
    return false;
}

bool redirect_covers(struct str registered, struct str uri)
{
    struct url have, want;

    if (!split(registered, &have) || !split(uri, &want) || str_chr(uri, '#') >= 0 || has_dot_segment(want.path))
        return false;
    if (!str_eq_nocase(have.scheme, want.scheme) || !str_eq_nocase(have.authority, want.authority))
        return false;
    if (str_ends(have.path, S("/")))
        have.path.n--;
    return str_starts(want.path, have.path) && (want.path.n == have.path.n || want.path.p[have.path.n] == '/');
}
