#include "api/values.h"

#include "base/clock.h"

enum { LIST_MAX = 10000 };

bool value_absent(const struct input_arg *arg)
{
    if (!arg)
        return true;
    if (arg->json)
        return arg->json->kind == JSON_NULL || (arg->json->kind == JSON_STRING && arg->json->text.n == 0);
    return arg->text.n == 0;
}

bool value_is_composite(const struct input_arg *arg)
{
    return arg->json && (arg->json->kind == JSON_ARRAY || arg->json->kind == JSON_OBJECT);
}

bool value_text(const struct input_arg *arg, struct str *out)
{
    if (!arg->json) {
        *out = arg->text;
        return true;
    }
    switch (arg->json->kind) {
    case JSON_STRING:
    case JSON_NUMBER:
        *out = arg->json->text;
        return true;
    case JSON_TRUE:
        *out = S("true");
        return true;
    case JSON_FALSE:
        *out = S("false");
        return true;
    default:
        return false;
    }
}

bool value_bool(const struct input_arg *arg, bool *out)
{
    struct str text;

    if (!value_text(arg, &text))
        return false;
    *out = str_eq(text, S("1")) || str_eq_nocase(text, S("true"));
    return *out || str_eq(text, S("0")) || str_eq_nocase(text, S("false"));
}

bool value_int(const struct input_arg *arg, int64_t *out)
{
    struct str text;

    if (!value_text(arg, &text))
        return false;
    text = str_trim(text);
    if (str_ends(text, S(".0")))
        text.n -= 2;
    return str_to_i64(text, out);
}

bool value_ts(const struct input_arg *arg, int64_t *us)
{
    struct str text;

    return value_text(arg, &text) && ts_parse(str_trim(text), us);
}

static bool list_of_json(struct arena *a, const struct json *j, struct str_list *out)
{
    const struct json *item = json_child(j);

    out->v = ARENA_ARRAY(a, struct str, j->count);
    for (uint32_t i = 0; i < j->count; i++, item = json_next(item)) {
        if (item->kind != JSON_STRING && item->kind != JSON_NUMBER)
            return false;
        if (str_trim(item->text).n)
            out->v[out->n++] = str_trim(item->text);
    }
    return true;
}

static bool list_of_text(struct arena *a, struct str text, struct str_list *out)
{
    struct str rest = text, piece;
    int n = 1;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == ',';
    if (n > LIST_MAX)
        return false;
    out->v = ARENA_ARRAY(a, struct str, n);
    while (str_cut(&rest, ',', &piece))
        if (str_trim(piece).n)
            out->v[out->n++] = str_trim(piece);
    return true;
}

bool value_list(struct arena *a, const struct input_arg *arg, struct str_list *out)
{
    const struct json *j = arg->json;
    struct str text;

    *out = (struct str_list){0};
    if (!j && str_starts(str_trim(arg->text), S("[")))
        j = json_parse(a, arg->text, NULL);
    if (j && j->kind == JSON_ARRAY)
        return list_of_json(a, j, out);
    return value_text(arg, &text) && list_of_text(a, text, out);
}

bool value_json(struct arena *a, const struct input_arg *arg, const struct json **out)
{
    if (arg->json && arg->json->kind != JSON_STRING) {
        *out = arg->json;
        return true;
    }
    *out = json_parse(a, arg->json ? arg->json->text : arg->text, NULL);
    return *out != NULL;
}
