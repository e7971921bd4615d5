/* Whatever a client sends as cursor: it is refused, or names the keys of the cursor it is.  A cursor made by us is
 * always taken back, and by nobody else's workspace. */
#include <stdlib.h>

#include "base/clock.h"
#include "core/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    struct call c = {.arena = a, .team = 7, .now_us = INT64_C(1700000000) * US_PER_S};
    char *copy = malloc(n + 1);
    int64_t key, key2, again, again2;
    struct str cursor;

    if (n)
        memcpy(copy, data, n);
    cursor = str_of(copy, n);
    if (page_cursor(&c, cursor, "history", &key, &key2) != OK)
        key = (int64_t)n, key2 = n ? -(int64_t)data[0] : INT64_MIN;
    page_next(&c, "history", key, key2);
    if (page_cursor(&c, c.next_cursor, "history", &again, &again2) != OK || again != key || again2 != key2)
        abort();
    c.team = 8;
    if (page_cursor(&c, c.next_cursor, "history", &again, &again2) != ERR_INVALID_CURSOR)
        abort();
    free(copy);
    arena_free(a);
    return 0;
}
