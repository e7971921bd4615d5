/* The map against a plain array, over many puts and drops. */
#include "base/map.h"

#include <stdbool.h>
#include <stdlib.h>

#include "check.h"

enum { KEYS = 300, ROUNDS = 20000 };

int main(void)
{
    static int marks[KEYS + 1];
    static bool has[KEYS + 1];
    struct map m = {0};
    size_t n = 0;

    srand(1);
    CHECK(map_get(&m, 7) == NULL);
    map_drop(&m, 7);
    for (int round = 0; round < ROUNDS; round++) {
        int key = rand() % KEYS + 1;
        int64_t row = (int64_t)key << (key % 3 * 20); /* some close together, some far apart */

        if (rand() % 2) {
            map_put(&m, row, &marks[key]);
            n += !has[key];
            has[key] = true;
        } else {
            map_drop(&m, row);
            n -= has[key];
            has[key] = false;
        }
        if (round % 100)
            continue;
        CHECK(m.n == n);
        for (int k = 1; k <= KEYS; k++)
            CHECK(map_get(&m, (int64_t)k << (k % 3 * 20)) == (has[k] ? (void *)&marks[k] : NULL));
    }
    map_free(&m);
    return 0;
}
