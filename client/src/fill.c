#include "fill.h"

int64_t fill_int(const struct json *j)
{
    struct str text;
    ptrdiff_t dot;
    int64_t v;

    if (!j || (j->kind != JSON_NUMBER && j->kind != JSON_STRING))
        return 0;
    text = j->text;
    dot = str_chr(text, '.');
    return str_to_i64(dot < 0 ? text : str_head(text, (size_t)dot), &v) ? v : 0;
}

/* Keys come mostly in the order of the table: the search begins behind the last one found. */
static const struct field *find(const struct shape *s, struct str key, int *next)
{
    for (int i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[(*next + i) % s->n];
        if (f->name_n == key.n && memcmp(f->name, key.p, key.n) == 0) {
            *next = (int)(f - s->fields) + 1;
            return f;
        }
    }
    return NULL;
}

static const char *text_of(const struct json *v)
{
    return v->kind == JSON_STRING ? v->text.p : "";
}

/* Numbers too may stand where a text is expected: the writer of old clients did not care. */
static const char *text_in(struct arena *a, const struct json *v)
{
    const char *copy;

    if (v->kind != JSON_NUMBER)
        return text_of(v);
    copy = arena_cstr(a, v->text);
    return copy ? copy : "";
}

static void fill_texts(struct arena *a, const struct field *f, const struct json *v, char *out)
{
    const char **list = ARENA_ARRAY(a, const char *, v->count + 1);
    const struct json *item = json_child(v);

    if (!list)
        return;
    for (uint32_t i = 0; i < v->count; i++, item = json_next(item))
        list[i] = text_in(a, item);
    memcpy(out + f->at, &list, sizeof(list));
    *(int *)(void *)(out + f->count) = (int)v->count;
}

static void fill_objects(struct arena *a, const struct field *f, const struct json *v, char *out)
{
    char *list = arena_alloc(a, f->shape->bytes * (v->count + 1));
    const struct json *item = json_child(v);

    if (!list)
        return;
    for (uint32_t i = 0; i < v->count; i++, item = json_next(item)) {
        char *one = list + i * f->shape->bytes;
        const struct taut_json *json = json_public(item);
        memcpy(one, &json, sizeof(json));
        fill(a, f->shape, item, one);
    }
    memcpy(out + f->at, &list, sizeof(list));
    *(int *)(void *)(out + f->count) = (int)v->count;
}

void *fill_object(struct arena *a, const struct shape *s, const struct json *obj)
{
    const struct taut_json *json = json_public(obj);
    char *one = arena_alloc(a, s->bytes);

    if (!one)
        return NULL;
    memcpy(one, &json, sizeof(json));
    fill(a, s, obj, one);
    return one;
}

static void fill_field(struct arena *a, const struct field *f, const struct json *v, char *out)
{
    const void *p = NULL;

    switch (f->kind) {
    case FIELD_TEXT:
        p = text_in(a, v);
        break;
    case FIELD_INT:
        *(int64_t *)(void *)(out + f->at) = fill_int(v);
        return;
    case FIELD_BOOL:
        *(bool *)(out + f->at) = v->kind == JSON_TRUE;
        return;
    case FIELD_JSON:
        p = v->kind == JSON_NULL ? NULL : json_public(v);
        break;
    case FIELD_OBJECT:
        p = v->kind == JSON_OBJECT ? fill_object(a, f->shape, v) : NULL;
        break;
    case FIELD_TEXTS:
        if (v->kind == JSON_ARRAY)
            fill_texts(a, f, v, out);
        return;
    case FIELD_OBJECTS:
        if (v->kind == JSON_ARRAY)
            fill_objects(a, f, v, out);
        return;
    }
    memcpy(out + f->at, &p, sizeof(p));
}

void fill(struct arena *a, const struct shape *s, const struct json *obj, void *out)
{
    static const char *const none = "";
    const struct json *key;
    int next = 0;

    for (int i = 0; i < s->n; i++)
        if (s->fields[i].kind == FIELD_TEXT)
            memcpy((char *)out + s->fields[i].at, &none, sizeof(none));
    if (!obj || obj->kind != JSON_OBJECT || s->n == 0)
        return;
    key = json_child(obj);
    for (uint32_t i = 0; i < obj->count; i++) {
        const struct json *value = json_next(key);
        const struct field *f = find(s, key->text, &next);
        if (f)
            fill_field(a, f, value, out);
        key = json_next(value);
    }
}
