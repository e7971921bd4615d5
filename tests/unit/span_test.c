/* Spans against a plain array of what was seen when, over random adding. */
#include "core/span.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { POINTS = 60, ROUNDS = 20000, ADDS = 12, SPANS_MAX = 2 * POINTS };

/* seen[t]: the client that saw t first, 0: none. */
static void add_naive(int64_t *seen, struct span add)
{
    for (int64_t t = add.from + 1; t <= add.to; t++)
        if (!seen[t])
            seen[t] = add.client;
}

static int64_t client_at(const struct span *spans, int n, int64_t t)
{
    for (int i = 0; i < n; i++)
        if (spans[i].from < t && t <= spans[i].to)
            return spans[i].client;
    return 0;
}

static void check_form(const struct span *spans, int n)
{
    for (int i = 0; i < n; i++) {
        CHECK(spans[i].from < spans[i].to);
        if (i)
            CHECK(spans[i - 1].to < spans[i].from ||
                  (spans[i - 1].to == spans[i].from && spans[i - 1].client != spans[i].client));
    }
}

static void random_round(void)
{
    struct span spans[SPANS_MAX], out[SPANS_MAX];
    int64_t seen[POINTS + 1] = {0};
    int n = 0;

    for (int i = 0; i < ADDS; i++) {
        struct span add = {rand() % POINTS, rand() % (POINTS + 1), rand() % 3 + 1};

        n = span_add(spans, n, add, out);
        memcpy(spans, out, sizeof(*out) * (size_t)n);
        add_naive(seen, add);
        check_form(spans, n);
        for (int64_t t = 0; t <= POINTS; t++)
            CHECK(client_at(spans, n, t) == seen[t]);
    }
}

/* Whatever reaches into a window ends where its class says. */
static void levels(void)
{
    CHECK(span_level(0, 1) == SPAN_LEVEL_MIN);
    CHECK(span_level(0, INT64_C(1) << 30) == 30);
    CHECK(span_level(0, (INT64_C(1) << 30) + 1) == 31);
    CHECK(span_level(0, INT64_MAX) == SPAN_LEVEL_MAX);
    for (int i = 0; i < ROUNDS; i++) {
        int64_t from = ((int64_t)rand() << 20) % (INT64_C(1) << 45), to = from + 1 + ((int64_t)rand() << rand() % 20);
        int64_t a = from + 1 + (int64_t)((double)(to - from - 1) * rand() / RAND_MAX), b = a + rand();

        CHECK(to >= a && to < b + (INT64_C(1) << span_level(from, to)));
    }
}

int main(void)
{
    struct span out[5];

    srand(1);
    CHECK(span_add(NULL, 0, (struct span){5, 5, 1}, out) == 0);
    CHECK(span_add(NULL, 0, (struct span){5, 9, 1}, out) == 1);
    CHECK(span_add((struct span[]){{1, 5, 1}}, 1, (struct span){5, 9, 1}, out) == 1 && out[0].to == 9);
    CHECK(span_add((struct span[]){{1, 5, 1}}, 1, (struct span){3, 9, 2}, out) == 2 && out[1].from == 5);
    CHECK(span_add((struct span[]){{1, 5, 1}, {7, 8, 1}}, 2, (struct span){3, 9, 2}, out) == 4);
    for (int i = 0; i < ROUNDS; i++)
        random_round();
    levels();
    return 0;
}
