#include "analytics/csv.h"

#include <unistd.h>
#include <zlib.h>

#include "base/json.h"

enum { ARENA_BYTES = 1 << 14, LINE_MAX_BYTES = 1 << 20, CHUNK_BYTES = 1 << 16 };

static bool is_quoted(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r')
            return true;
    return false;
}

static bool is_formula(struct str s)
{
    return s.n && memchr("=+-@\t\r", s.p[0], 6);
}

static void put_text(struct gz *out, struct str s)
{
    bool quoted = is_quoted(s);
    struct str piece;

    if (quoted)
        GZ_TEXT(out, "\"");
    if (is_formula(s))
        GZ_TEXT(out, "'");
    for (bool first = true; s.n; first = false) { /* quotes are doubled */
        ptrdiff_t at = str_chr(s, '"');
        if (!first)
            GZ_TEXT(out, "\"\"");
        piece = at < 0 ? s : str_head(s, (size_t)at);
        gz_str(out, piece);
        s = at < 0 ? S("") : str_skip(s, (size_t)at + 1);
        if (at >= 0 && !s.n)
            GZ_TEXT(out, "\"\"");
    }
    if (quoted)
        GZ_TEXT(out, "\"");
}

static void put_cell(struct gz *out, const struct json *v)
{
    if (v->kind == JSON_STRING)
        put_text(out, v->text);
    else if (v->kind == JSON_OBJECT || v->kind == JSON_ARRAY)
        put_text(out, json_raw(v));
    else if (v->kind != JSON_NULL)
        gz_str(out, json_raw(v));
}

/* keys: the names; else the values. */
static void put_line(struct gz *out, const struct json *row, bool keys)
{
    const struct json *key = json_child(row);

    for (uint32_t i = 0; i < row->count; i++, key = json_next(json_next(key))) {
        if (i)
            GZ_TEXT(out, ",");
        if (keys)
            put_text(out, key->text);
        else
            put_cell(out, json_next(key));
    }
    GZ_TEXT(out, "\r\n");
}

static enum err put_row(struct arena *a, struct str line, struct gz *out, bool *header)
{
    const struct json *row = json_parse(a, line, NULL);

    if (!row || row->kind != JSON_OBJECT)
        return ERR_INTERNAL_ERROR;
    if (!*header)
        put_line(out, row, true);
    *header = true;
    put_line(out, row, false);
    return OK;
}

/* The whole lines of what is there; the rest moves to the front. */
static enum err put_lines(struct arena *a, char *text, size_t *n, struct gz *out, bool *header)
{
    struct str rest = {text, *n};
    ptrdiff_t end;

    while ((end = str_chr(rest, '\n')) >= 0) {
        arena_reset(a);
        if (put_row(a, str_head(rest, (size_t)end), out, header) != OK)
            return ERR_INTERNAL_ERROR;
        rest = str_skip(rest, (size_t)end + 1);
    }
    if (rest.n)
        memmove(text, rest.p, rest.n);
    *n = rest.n;
    return *n < LINE_MAX_BYTES ? OK : ERR_INTERNAL_ERROR;
}

static enum err put_all(struct arena *a, gzFile in, struct gz *out, bool *header)
{
    struct arena *lines = arena_new(LINE_MAX_BYTES + CHUNK_BYTES + 64);
    char *text = arena_bytes(lines, LINE_MAX_BYTES + CHUNK_BYTES);
    size_t n = 0;
    enum err e = OK;
    int got;

    while (e == OK && (got = gzread(in, text + n, CHUNK_BYTES)) > 0) {
        n += (size_t)got;
        e = put_lines(a, text, &n, out, header);
    }
    arena_free(lines);
    return e == OK && !gzeof(in) ? ERR_INTERNAL_ERROR : e;
}

enum err csv_put(int fd, struct gz *out, bool *header)
{
    int own = dup(fd);
    gzFile in = own >= 0 && lseek(own, 0, SEEK_SET) == 0 ? gzdopen(own, "rb") : NULL;
    struct arena *a;
    enum err e;

    if (!in) {
        if (own >= 0)
            close(own);
        return ERR_SERVICE_UNAVAILABLE;
    }
    a = arena_new(ARENA_BYTES);
    e = put_all(a, in, out, header);
    arena_free(a);
    gzclose_r(in);
    return e;
}
