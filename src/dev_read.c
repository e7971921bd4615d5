#include "dev_read.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/id.h"

enum { PLACE_MAX_BYTES = 4096 };

static void put_place(struct buf *b, const struct spot *at)
{
    if (!at->up)
        return;
    put_place(b, at->up);
    if (!at->key.p) {
        buf_printf(b, "[%d]", at->index);
        return;
    }
    if (at->up->up)
        buf_char(b, '.');
    buf_str(b, at->key);
}

struct str spot_text(struct arena *a, const struct spot *at)
{
    struct buf b = buf_in(a, PLACE_MAX_BYTES);

    put_place(&b, at);
    return buf_view(&b);
}

enum err read_fault(const struct reader *r, const struct spot *at, const char *fmt, ...)
{
    struct str place = spot_text(r->arena, at);
    char what[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    *r->why = arena_printf(r->arena, "%.*s%s%.*s%s%s", STR_FMT(r->file), r->file.n ? ": " : "", STR_FMT(place),
                           place.n ? ": " : "", what);
    return ERR_INVALID_ARGUMENTS;
}

struct spot spot_key(const struct spot *up, const char *key)
{
    return (struct spot){.up = up, .key = str_c(key), .json = json_get(up->json, str_c(key))};
}

bool spot_next(const struct spot *list, struct spot *item)
{
    bool is_map = list->json && list->json->kind == JSON_OBJECT;
    int index = item->json ? item->index + 1 : 0;
    const struct json *next;

    if (!list->json || index >= (int)list->json->count)
        return false;
    next = item->json ? json_next(item->json) : json_child(list->json);
    *item = (struct spot){.up = list, .index = index, .json = next};
    if (is_map) {
        item->key = next->text;
        item->json = json_next(next);
    }
    return true;
}

/* Is the word one of those between blanks?  *index is which. */
static bool among(struct str words, struct str word, int *index)
{
    struct str one;

    for (*index = 0; str_cut(&words, ' ', &one); ++*index)
        if (str_eq(one, word))
            return true;
    return false;
}

enum err read_object(const struct reader *r, const struct spot *at, const char *keys)
{
    struct spot member = {0};
    int index;

    if (at->json->kind != JSON_OBJECT)
        return read_fault(r, at, "an object belongs here");
    while (spot_next(at, &member))
        if (!among(str_c(keys), member.key, &index))
            return read_fault(r, &member, "there is no such key; there are: %s", keys);
    return OK;
}

static enum err read_kind(const struct reader *r, const struct spot *up, const char *key, enum json_kind kind,
                          const char *what, struct spot *out)
{
    *out = spot_key(up, key);
    if (out->json && out->json->kind != kind)
        return read_fault(r, out, "%s belongs here", what);
    return OK;
}

enum err read_list(const struct reader *r, const struct spot *up, const char *key, struct spot *out)
{
    return read_kind(r, up, key, JSON_ARRAY, "a list", out);
}

enum err read_map(const struct reader *r, const struct spot *up, const char *key, struct spot *out)
{
    return read_kind(r, up, key, JSON_OBJECT, "an object", out);
}

enum err read_str(const struct reader *r, const struct spot *up, const char *key, struct str *out)
{
    struct spot at;
    enum err e = read_kind(r, up, key, JSON_STRING, "a text", &at);

    if (e == OK && at.json)
        *out = at.json->text;
    return e;
}

enum err read_plain(const struct reader *r, const struct spot *up, const char *key, const char *more, size_t max,
                    struct str *out)
{
    struct spot at = spot_key(up, key);
    enum err e = read_str(r, up, key, out);
    bool good = out->n > 0 && out->n <= max;

    if (e != OK)
        return e;
    for (size_t i = 0; i < out->n && good; i++)
        good = (out->p[i] >= 'a' && out->p[i] <= 'z') || (out->p[i] >= '0' && out->p[i] <= '9') ||
               (out->p[i] && strchr(more, out->p[i]));
    return good ? OK : read_fault(r, &at, "it is made of a-z, 0-9 and %s, at most %zu", more, max);
}

enum err read_bool(const struct reader *r, const struct spot *up, const char *key, bool *out)
{
    struct spot at = spot_key(up, key);

    if (!at.json)
        return OK;
    if (at.json->kind != JSON_TRUE && at.json->kind != JSON_FALSE)
        return read_fault(r, &at, "true or false belongs here");
    *out = at.json->kind == JSON_TRUE;
    return OK;
}

enum err read_id(const struct reader *r, const struct spot *up, const char *key, const char *kinds, int64_t *out)
{
    struct spot at = spot_key(up, key);

    if (!at.json)
        return OK;
    *out = at.json->kind == JSON_STRING ? id_parse_kind(at.json->text, kinds) : 0;
    if (*out)
        return OK;
    return read_fault(r, &at, "an id is %c and up to 11 of A-Z and 0-9", kinds[0]);
}

enum err read_time(const struct reader *r, const struct spot *up, const char *key, int64_t *us)
{
    struct spot at = spot_key(up, key);

    if (!at.json)
        return OK;
    if (at.json->kind == JSON_STRING && time_parse(at.json->text, us))
        return OK;
    return read_fault(r, &at, "a time is written 2026-01-05T09:00:00Z, or as a ts");
}

enum err read_word(const struct reader *r, const struct spot *up, const char *key, const char *words, int *out)
{
    struct spot at = spot_key(up, key);

    if (!at.json || (at.json->kind == JSON_STRING && among(str_c(words), at.json->text, out)))
        return OK;
    return read_fault(r, &at, "it is one of: %s", words);
}
