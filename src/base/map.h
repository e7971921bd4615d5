/* From row numbers to pointers: an open table of malloc that grows.  Keys are never 0, values never NULL. */
#ifndef TAUT_BASE_MAP_H
#define TAUT_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_slot {
    int64_t key; /* 0: free */
    void *value;
};

struct map { /* zero: empty */
    struct map_slot *slots;
    size_t n, cap; /* cap: a power of two, or 0 */
};

/* NULL when there is none. */
void *map_get(const struct map *m, int64_t key);
/* Replaces what the key had. */
void map_put(struct map *m, int64_t key, void *value);
void map_drop(struct map *m, int64_t key);
void map_free(struct map *m);

#endif
