#include "core/span.h"

bool span_same(const struct span *a, const struct span *b)
{
    return a->from == b->from && a->to == b->to && a->client == b->client;
}

/* Puts one behind the others; it grows the last one where both are one. */
static int put(struct span *out, int n, struct span s)
{
    if (s.from >= s.to)
        return n;
    if (n > 0 && out[n - 1].to == s.from && out[n - 1].client == s.client) {
        out[n - 1].to = s.to;
        return n;
    }
    out[n] = s;
    return n + 1;
}

int span_add(const struct span *had, int n, struct span add, struct span *out)
{
    int64_t from = add.from; /* of what is not put yet */
    int kept = 0;

    for (int i = 0; i < n; i++) {
        int64_t gap_end = had[i].from < add.to ? had[i].from : add.to;

        if (from < gap_end)
            kept = put(out, kept, (struct span){from, gap_end, add.client});
        kept = put(out, kept, had[i]);
        if (had[i].to > from)
            from = had[i].to;
    }
    if (from < add.to)
        kept = put(out, kept, (struct span){from, add.to, add.client});
    return kept;
}

int span_level(int64_t from, int64_t to)
{
    int level = SPAN_LEVEL_MIN;

    while (level < SPAN_LEVEL_MAX && to - from > INT64_C(1) << level)
        level++;
    return level;
}
