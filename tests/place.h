/* Where the forms of tests put their files. */
#ifndef TAUT_TESTS_PLACE_H
#define TAUT_TESTS_PLACE_H

#include "net/hasher.h"
#include "net/part.h"

/* In the arena; dir must outlive it. */
static inline const struct part_place *place_in(struct arena *a, const char *dir)
{
    static struct hasher *hasher;
    struct part_place *place = ARENA_NEW(a, struct part_place);

    if (!hasher)
        hasher = hasher_new();
    *place = (struct part_place){dir, hasher};
    return place;
}

#endif
