/* Whatever is read is written again and read again: both readings agree. */
#include <stdlib.h>

#include "base/json.h"

static void write_value(struct json_out *o, const struct json *j)
{
    const struct json *child = json_child(j);

    switch (j->kind) {
    case JSON_STRING:
        json_str(o, S(""), j->text);
        break;
    case JSON_ARRAY:
        json_open(o, S(""), '[');
        for (uint32_t i = 0; i < j->count; i++, child = json_next(child))
            write_value(o, child);
        json_close(o, ']');
        break;
    case JSON_OBJECT:
        json_open(o, S(""), '{');
        for (uint32_t i = 0; i < j->count; i++, child = json_next(json_next(child))) {
            json_key_text(o, child->text);
            write_value(o, json_next(child));
        }
        json_close(o, '}');
        break;
    default:
        json_text(o, S(""), j->text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    char *copy = malloc(n + 1);
    const struct json *first, *second;

    if (n)
        memcpy(copy, data, n); /* of exactly this size, so that a read past the end is seen */
    first = json_parse(a, str_of(copy, n), NULL);
    if (first) {
        struct buf b = buf_in(a, SIZE_MAX / 2);
        struct json_out o = {.b = &b};
        write_value(&o, first);
        second = json_parse(a, buf_view(&b), NULL);
        if (!second || second->span != first->span)
            abort();
        for (uint32_t i = 0; i < first->span; i++)
            if (first[i].kind != second[i].kind ||
                (first[i].kind == JSON_STRING && !str_eq(first[i].text, second[i].text)))
                abort();
    }
    free(copy);
    arena_free(a);
    return 0;
}
