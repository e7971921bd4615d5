#include "counted.h"

#include <stdlib.h>

void *counted_resize(void *context, void *p, size_t bytes)
{
    struct counted *c = context;
    void *q;

    if (bytes == 0) {
        c->live -= p != NULL;
        free(p);
        return NULL;
    }
    if (c->left == 0)
        return NULL;
    c->left--;
    q = realloc(p, bytes);
    c->live += q && !p;
    return q;
}
