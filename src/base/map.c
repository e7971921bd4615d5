#include "base/map.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 16 };

/* Rows are counted up, so their low bits are spread over the table (Fibonacci hashing). */
static size_t home(const struct map *m, int64_t key)
{
    uint64_t h = (uint64_t)key * UINT64_C(0x9E3779B97F4A7C15);

    return (size_t)(h >> 32) & (m->cap - 1);
}

/* Where the key is, or where it would go. */
static size_t place(const struct map *m, int64_t key)
{
    size_t i = home(m, key);

    while (m->slots[i].key && m->slots[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return i;
}

void *map_get(const struct map *m, int64_t key)
{
    return m->cap ? m->slots[place(m, key)].value : NULL;
}

static void grow(struct map *m)
{
    struct map old = *m;

    m->cap = old.cap ? old.cap * 2 : FIRST_SLOTS;
    m->slots = calloc(m->cap, sizeof(*m->slots));
    if (!m->slots)
        abort();
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].key)
            m->slots[place(m, old.slots[i].key)] = old.slots[i];
    free(old.slots);
}

void map_put(struct map *m, int64_t key, void *value)
{
    size_t i;

    if (m->n * 4 >= m->cap * 3)
        grow(m);
    i = place(m, key);
    m->n += m->slots[i].key == 0;
    m->slots[i] = (struct map_slot){key, value};
}

/* What stands behind the gap and would be found no more moves up. */
void map_drop(struct map *m, int64_t key)
{
    size_t mask = m->cap - 1, gap, i;

    if (!m->cap || !map_get(m, key))
        return;
    gap = i = place(m, key);
    for (i = (i + 1) & mask; m->slots[i].key; i = (i + 1) & mask) {
        size_t want = home(m, m->slots[i].key);

        if (((i - want) & mask) >= ((i - gap) & mask)) {
            m->slots[gap] = m->slots[i];
            gap = i;
        }
    }
    m->slots[gap] = (struct map_slot){0};
    m->n--;
}

void map_free(struct map *m)
{
    free(m->slots);
    *m = (struct map){0};
}
