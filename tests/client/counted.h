/* Memory that runs out: an allocator for a client, which fails when it has given as often as it may. */
#ifndef TAUT_TESTS_COUNTED_H
#define TAUT_TESTS_COUNTED_H

#include <stddef.h>

struct counted {
    int left; /* allocations before it fails */
    int live; /* what it gave and did not get back */
};

/* The function of a struct taut_allocator; context: a struct counted. */
void *counted_resize(void *context, void *p, size_t bytes);

#endif
