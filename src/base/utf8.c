#include "base/utf8.h"

#include <stdio.h>

size_t utf8_decode(struct str s, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t v, low;
    size_t n;

    *cp = 0;
    if (s.n == 0)
        return 0;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        n = 2;
        v = p[0] & 0x1Fu;
        low = 0x80;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        n = 3;
        v = p[0] & 0x0Fu;
        low = 0x800;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        n = 4;
        v = p[0] & 0x07u;
        low = 0x10000;
    } else {
        return 0;
    }
    if (s.n < n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3Fu);
    }
    if (v < low || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF)) /* overlong, too large, half a surrogate pair */
        return 0;
    *cp = v;
    return n;
}

/* How many bytes from the start are ASCII, by eights. */
static size_t ascii_run(struct str s)
{
    size_t i = 0;

    for (uint64_t w; s.n - i >= 8; i += 8) {
        memcpy(&w, s.p + i, 8);
        if (w & UINT64_C(0x8080808080808080))
            break;
    }
    return i;
}

/* A character of several bytes begins; the second byte's range keeps out overlong forms, halves of surrogate pairs and
 * what lies beyond U+10FFFF. */
static bool stream_begin(struct utf8_stream *u, unsigned char c)
{
    u->low = 0x80;
    u->high = 0xBF;
    if (c >= 0xC2 && c <= 0xDF) {
        u->need = 1;
    } else if ((c & 0xF0) == 0xE0) {
        u->need = 2;
        if (c == 0xE0)
            u->low = 0xA0;
        if (c == 0xED)
            u->high = 0x9F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        u->need = 3;
        if (c == 0xF0)
            u->low = 0x90;
        if (c == 0xF4)
            u->high = 0x8F;
    }
    return u->need > 0;
}

bool utf8_stream_take(struct utf8_stream *u, struct str piece)
{
    size_t i = 0;

    while (i < piece.n) {
        unsigned char c = (unsigned char)piece.p[i];

        if (u->need) {
            if (c < u->low || c > u->high)
                return false;
            u->low = 0x80;
            u->high = 0xBF;
            u->need--;
        } else if (c >= 0x80 && !stream_begin(u, c)) {
            return false;
        }
        i++;
        if (!u->need)
            i += ascii_run(str_skip(piece, i));
    }
    return true;
}

bool utf8_valid(struct str s)
{
    uint32_t cp;
    size_t n;

    while (s.n) {
        n = ascii_run(s);
        if (n == 0)
            n = utf8_decode(s, &cp);
        if (n == 0)
            return false;
        s = str_of(s.p + n, s.n - n);
    }
    return true;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.n; i++)
        count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

struct str utf8_head(struct str s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] & 0xC0) != 0x80 && n-- == 0)
            return str_of(s.p, i);
    return s;
}

struct str utf8_whole(struct str s)
{
    size_t at = s.n;
    uint32_t cp;

    while (at > 0 && s.n - at < 3 && ((unsigned char)s.p[at - 1] & 0xC0) == 0x80)
        at--;
    return at == 0 || utf8_decode(str_skip(s, at - 1), &cp) ? s : str_head(s, at - 1);
}

struct str utf8_vprintf(struct arena *a, size_t max_bytes, const char *fmt, va_list args)
{
    char *text = arena_bytes(a, max_bytes + 1);
    int n = vsnprintf(text, max_bytes + 1, fmt, args);

    if (n < 0)
        return S("");
    return (size_t)n <= max_bytes ? str_of(text, (size_t)n) : utf8_whole(str_of(text, max_bytes));
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

struct str utf8_from_latin1(struct arena *a, struct str s)
{
    char *out = arena_bytes(a, s.n * 2);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += utf8_encode((unsigned char)s.p[i], out + n);
    return str_of(out, n);
}

/* Upper case to lower, one to one, for the scripts that names of people and channels are mostly written in. */
static uint32_t fold(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7)
        return c + 32;
    if ((c >= 0x100 && c <= 0x12F) || (c >= 0x132 && c <= 0x137) || (c >= 0x14A && c <= 0x177) ||
        (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F) ||
        (c >= 0x1E00 && c <= 0x1E95) || (c >= 0x1EA0 && c <= 0x1EFF))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x4C1 && c <= 0x4CE))
        return c + (c & 1);
    if (c == 0x178)
        return 0xFF;
    if (c == 0x386)
        return 0x3AC;
    if (c >= 0x388 && c <= 0x38A)
        return c + 37;
    if (c == 0x38C)
        return 0x3CC;
    if (c == 0x38E || c == 0x38F)
        return c + 63;
    if ((c >= 0x391 && c <= 0x3A1) || (c >= 0x3A3 && c <= 0x3AB))
        return c + 32;
    if (c == 0x3C2) /* final sigma */
        return 0x3C3;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c >= 0x410 && c <= 0x42F)
        return c + 32;
    return c;
}

struct str utf8_fold(struct arena *a, struct str s)
{
    char *out = arena_bytes(a, s.n + 4); /* no folding above makes a letter longer */
    size_t n = 0, step;
    uint32_t cp;

    while ((step = utf8_decode(s, &cp)) > 0) {
        n += utf8_encode(fold(cp), out + n);
        s = str_of(s.p + step, s.n - step);
    }
    return str_of(out, n);
}
