/* Whatever is read is written again and read again: both readings agree.  What the strict reader takes the lenient one
 * reads alike; what that one takes is text that ends in NUL. */
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

static void read_leniently(struct arena *a, struct str text, const struct json *strict)
{
    const struct json *j = json_parse_lenient(a, text, NULL);

    if (strict && (!j || j->span != strict->span))
        abort();
    for (uint32_t i = 0; j && i < j->span; i++) {
        if (strict && (j[i].kind != strict[i].kind || !str_eq(j[i].text, strict[i].text)))
            abort();
        if (j[i].kind == JSON_STRING && strlen(j[i].text.p) != j[i].text.n)
            abort();
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
    read_leniently(a, str_of(copy, n), first);
    free(copy);
    arena_free(a);
    return 0;
}
