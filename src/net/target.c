#include "net/target.h"

#include "net/form.h"

/* "%2F" stays as it is: decoded, it would make two paths of one when a handler splits on "/". */
static bool decode_path(struct arena *a, struct str raw, struct str *path)
{
    char *out;
    size_t n = 0;

    *path = raw;
    if (str_chr(raw, '%') < 0)
        return true;
    out = arena_bytes(a, raw.n);
    while (raw.n) {
        struct str escape = str_head(raw, 3);

        if (*raw.p != '%' || str_eq_nocase(escape, S("%2F"))) {
            out[n++] = *raw.p;
            raw = str_skip(raw, 1);
            continue;
        }
        escape = percent_decode(a, escape, false);
        if (escape.n != 1 || *escape.p == '\0')
            return false;
        out[n++] = *escape.p;
        raw = str_skip(raw, 3);
    }
    *path = str_of(out, n);
    return true;
}

bool host_ok(struct str host)
{
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!plain && (c == '\0' || !strchr("-._~:[]%!$&'()*+;=", c)))
            return false;
    }
    return true;
}

/* Takes "http://host" off *target.  An absolute target overrides the Host header (RFC 9112, section 3.2.2).
 */
static bool cut_authority(struct str *target, struct str *host)
{
    size_t scheme = str_eq_nocase(str_head(*target, 7), S("http://"))    ? 7
                    : str_eq_nocase(str_head(*target, 8), S("https://")) ? 8
                                                                         : 0;
    size_t n = 0;

    if (scheme == 0)
        return false;
    *target = str_skip(*target, scheme);
    while (n < target->n && target->p[n] != '/' && target->p[n] != '?')
        n++;
    *host = str_head(*target, n);
    *target = str_skip(*target, n);
    return n > 0 && host_ok(*host);
}

bool target_split(struct arena *a, struct http_request *req)
{
    struct str target = req->raw_target, path = target;
    ptrdiff_t mark;

    if (str_chr(target, '#') >= 0)
        return false;
    if (str_eq(target, S("*"))) {
        req->path = target;
        return str_eq(req->method, S("OPTIONS"));
    }
    if (target.n == 0 || (*target.p != '/' && !cut_authority(&target, &req->host)))
        return false;
    mark = str_chr(target, '?');
    path = mark < 0 ? target : str_head(target, (size_t)mark);
    req->query = mark < 0 ? S("") : str_skip(target, (size_t)mark + 1);
    return decode_path(a, path.n ? path : S("/"), &req->path);
}
