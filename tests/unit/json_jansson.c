#include "json_jansson.h"

#include <jansson.h>

static json_t *load(const char *text, size_t n)
{
    json_error_t why;

    return json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
}

bool jansson_takes(const char *text, size_t n)
{
    json_t *v = load(text, n);

    json_decref(v);
    return v != NULL;
}

bool jansson_same(const char *a, size_t na, const char *b, size_t nb)
{
    json_t *x = load(a, na), *y = load(b, nb);
    bool same = x && y && json_equal(x, y);

    json_decref(x);
    json_decref(y);
    return same;
}
