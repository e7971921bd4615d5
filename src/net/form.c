#include "net/form.h"

#include "base/utf8.h"

/* A form with more fields than this is refused: no method has a tenth of it. */
enum { FORM_FIELDS_MAX = 1000 };

struct str percent_decode(struct arena *a, struct str s, bool plus_is_space)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (c == '%') {
            int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
            int low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;

            if (high < 0 || low < 0)
                return (struct str){NULL, 0};
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[n++] = c;
    }
    return str_of(out, n);
}

struct str percent_encode(struct arena *a, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_bytes(a, s.n * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '_' || c == '.' || c == '~';

        if (plain) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    return str_of(out, n);
}

/* Text as one field's name or value; false when it is not fit to be one. */
static bool field_text(struct arena *a, struct str raw, struct str *out)
{
    if (raw.n == 0) {
        *out = S("");
        return true;
    }
    *out = percent_decode(a, raw, true);
    return out->p != NULL && str_chr(*out, '\0') < 0 && utf8_valid(*out);
}

static int count_pieces(struct str text)
{
    struct str piece;
    int n = 0;

    while (n <= FORM_FIELDS_MAX && str_cut(&text, '&', &piece))
        n += piece.n > 0;
    return n;
}

bool form_parse(struct arena *a, struct str text, struct form_field **fields, int *n)
{
    int most = count_pieces(text);
    struct str piece;

    *n = 0;
    *fields = NULL;
    if (most > FORM_FIELDS_MAX)
        return false;
    *fields = ARENA_ARRAY(a, struct form_field, most);
    while (str_cut(&text, '&', &piece)) {
        struct form_field *f = *fields + *n;
        ptrdiff_t equals = str_chr(piece, '=');
        size_t name_n = equals < 0 ? piece.n : (size_t)equals;

        if (piece.n == 0)
            continue;
        if (!field_text(a, str_head(piece, name_n), &f->name) || !field_text(a, str_skip(piece, name_n + 1), &f->value))
            return false;
        (*n)++;
    }
    return true;
}
