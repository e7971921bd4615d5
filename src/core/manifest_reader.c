#include "core/manifest_reader.h"

#include "base/utf8.h"
#include "core/redirect.h"

/* NOTES_MAX: a reader has enough to do then, and what is wrong costs no more than the manifest itself. */
enum { MESSAGE_MAX_BYTES = 512, NOTES_MAX = 100 };

/* Hints leave room for the faults. */
static bool has_room(const struct manifest_reader *r, bool is_hint)
{
    return is_hint ? r->hints_n < NOTES_MAX : r->errors_n < NOTES_MAX;
}

static void note(struct manifest_reader *r, const struct place *at, const char *code, bool is_hint, const char *fmt,
                 va_list args)
{
    struct manifest_fault *fault;

    if (!has_room(r, is_hint))
        return;
    fault = ARENA_NEW(r->a, struct manifest_fault);
    *fault = (struct manifest_fault){.code = code,
                                     .pointer = at->pointer,
                                     .message = utf8_vprintf(r->a, MESSAGE_MAX_BYTES, fmt, args),
                                     .is_hint = is_hint};
    r->errors_n += !is_hint;
    r->hints_n += is_hint;
    *r->tail = fault;
    r->tail = &fault->next;
}

void reader_fault(struct manifest_reader *r, const struct place *at, const char *code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    note(r, at, code, false, fmt, args);
    va_end(args);
}

void reader_hint(struct manifest_reader *r, const struct place *at, const char *code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    note(r, at, code, true, fmt, args);
    va_end(args);
}

/* RFC 6901: "~" and "/" in a key are written "~0" and "~1". */
static struct str pointer_to(struct arena *a, struct str up, struct str key)
{
    struct buf b;

    if (str_chr(key, '~') < 0 && str_chr(key, '/') < 0)
        return ARENA_JOIN(a, up, S("/"), key);
    b = buf_in(a, up.n + key.n * 2 + 1);
    buf_str(&b, up);
    buf_char(&b, '/');
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~' || key.p[i] == '/')
            buf_str(&b, key.p[i] == '~' ? S("~0") : S("~1"));
        else
            buf_char(&b, key.p[i]);
    }
    return buf_view(&b);
}

struct place reader_at(struct manifest_reader *r, const struct place *up, const char *key)
{
    struct place at = {json_get(up->json, str_c(key)), pointer_to(r->a, up->pointer, str_c(key))};

    if (at.json && at.json->kind == JSON_NULL)
        at.json = NULL;
    return at;
}

static void hint_unknown(struct manifest_reader *r, const struct place *at, const char *keys)
{
    const struct json *key = json_child(at->json);

    for (uint32_t i = 0; i < at->json->count && has_room(r, true); i++, key = json_next(json_next(key)))
        if (!str_in_list(str_c(keys), ' ', key->text)) {
            struct place unknown = {key, pointer_to(r->a, at->pointer, key->text)};
            reader_hint(r, &unknown, "unknown_property", "this server does not know it and leaves it out");
        }
}

bool reader_is_object(struct manifest_reader *r, const struct place *at, const char *keys)
{
    if (!at->json)
        return false;
    if (at->json->kind == JSON_OBJECT)
        hint_unknown(r, at, keys);
    else
        reader_fault(r, at, "invalid_type", "has to be an object");
    return at->json->kind == JSON_OBJECT;
}

struct place reader_object(struct manifest_reader *r, const struct place *up, const char *key, const char *keys)
{
    struct place at = reader_at(r, up, key);

    if (!reader_is_object(r, &at, keys))
        at.json = NULL;
    return at;
}

struct place reader_list(struct manifest_reader *r, const struct place *up, const char *key, int max)
{
    struct place at = reader_at(r, up, key);

    if (at.json && at.json->kind != JSON_ARRAY) {
        reader_fault(r, &at, "invalid_type", "has to be a list");
        at.json = NULL;
    } else if (at.json && at.json->count > (uint32_t)max) {
        reader_fault(r, &at, "too_many_items", "has more than %d items", max);
        at.json = NULL;
    }
    return at;
}

bool reader_next(struct manifest_reader *r, const struct place *list, int *i, struct place *item)
{
    if (!list->json || (uint32_t)*i == list->json->count)
        return false;
    item->json = *i ? json_next(item->json) : json_child(list->json);
    item->pointer = arena_printf(r->a, "%.*s/%d", STR_FMT(list->pointer), *i);
    (*i)++;
    return true;
}

static struct str read_text(struct manifest_reader *r, const struct place *at, int min, int max)
{
    size_t chars;

    if (at->json->kind != JSON_STRING) {
        reader_fault(r, at, "invalid_type", "has to be a text");
        return S("");
    }
    chars = utf8_count(at->json->text);
    if (chars < (size_t)min)
        reader_fault(r, at, "string_too_short", min == 1 ? "is empty" : "has fewer than %d characters", min);
    else if (chars > (size_t)max)
        reader_fault(r, at, "string_too_long", "has more than %d characters", max);
    else
        return at->json->text;
    return S("");
}

struct str reader_text(struct manifest_reader *r, const struct place *up, const char *key, int min, int max)
{
    struct place at = reader_at(r, up, key);

    if (at.json)
        return read_text(r, &at, min, max);
    if (min > 0 && up->json)
        reader_fault(r, &at, "missing_required_property", "has to be there");
    return S("");
}

struct str reader_maybe_text(struct manifest_reader *r, const struct place *up, const char *key, int min, int max)
{
    struct place at = reader_at(r, up, key);

    return at.json && !(at.json->kind == JSON_STRING && at.json->text.n == 0) ? read_text(r, &at, min, max) : S("");
}

bool reader_flag(struct manifest_reader *r, const struct place *up, const char *key)
{
    struct place at = reader_at(r, up, key);

    if (at.json && at.json->kind != JSON_TRUE && at.json->kind != JSON_FALSE)
        reader_fault(r, &at, "invalid_type", "has to be true or false");
    return at.json && at.json->kind == JSON_TRUE;
}

struct str reader_url(struct manifest_reader *r, const struct place *up, const char *key)
{
    enum { URL_MAX_CHARS = 3000 };
    struct place at = reader_at(r, up, key);
    struct str url = reader_text(r, up, key, 0, URL_MAX_CHARS);

    if (!url.n || redirect_is_url(url))
        return url;
    reader_fault(r, &at, "invalid_url", "has to be an http:// or https:// address");
    return S("");
}

struct str_list reader_texts(struct manifest_reader *r, const struct place *up, const char *key, int max)
{
    enum { TEXT_MAX_CHARS = 3000 };
    struct place list = reader_list(r, up, key, max), item = {0};
    struct str_list out = {0};
    int i = 0;

    if (!list.json)
        return out;
    out.v = ARENA_ARRAY(r->a, struct str, list.json->count);
    while (reader_next(r, &list, &i, &item)) {
        out.v[out.n] = read_text(r, &item, 1, TEXT_MAX_CHARS);
        out.n += out.v[out.n].n > 0;
    }
    return out;
}
