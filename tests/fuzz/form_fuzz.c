/* What was decoded, encoded again, decodes to the same. */
#include <stdlib.h>

#include "net/form.h"

static struct str encode(struct arena *a, const struct form_field *fields, int n)
{
    struct str out = S("");

    for (int i = 0; i < n; i++)
        out = ARENA_JOIN(a, out, S("&"), percent_encode(a, fields[i].name), S("="), percent_encode(a, fields[i].value));
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    char *copy = malloc(n + 1);
    struct form_field *first, *second;
    int n_first, n_second;

    if (n)
        memcpy(copy, data, n);
    if (form_parse(a, str_of(copy, n), &first, &n_first)) {
        if (!form_parse(a, encode(a, first, n_first), &second, &n_second) || n_first != n_second)
            abort();
        for (int i = 0; i < n_first; i++)
            if (!str_eq(first[i].name, second[i].name) || !str_eq(first[i].value, second[i].value))
                abort();
    }
    free(copy);
    arena_free(a);
    return 0;
}
