/* Whatever is said: a time that is understood lies ahead, and so does what follows it. */
#include <stdlib.h>

#include "base/clock.h"
#include "core/when.h"

#define NOW_US (INT64_C(1767348000) * US_PER_S)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    char *copy = malloc(n + 1);
    const struct zone *berlin = zone_find(S("Europe/Berlin"));
    struct when w;

    if (n)
        memcpy(copy, data, n); /* of exactly this size, so that a read past the end is seen */
    if (when_read(a, str_of(copy, n), NOW_US, berlin, &w)) {
        if (w.at_us <= NOW_US)
            abort();
        if (w.every != WHEN_ONCE && when_next(&w, w.at_us, berlin) <= w.at_us)
            abort();
    }
    free(copy);
    arena_free(a);
    return 0;
}
