#include "core/search_stretch.h"

/* 32 of each are one of the next. */
static const int bits_of[SEARCH_STRETCHES] = {28, 33, 38, 43};

struct str search_stretch_tag(struct arena *a, int length, int64_t id)
{
    return arena_printf(a, "%c%lld", 'a' + length, (long long)(id >> bits_of[length]));
}

int search_stretch_length(int64_t span)
{
    int length = SEARCH_STRETCHES - 1;

    while (length > 0 && INT64_C(1) << bits_of[length] > span)
        length--;
    return length;
}

int64_t search_stretch_begin(int64_t id, int length)
{
    return id >> bits_of[length] << bits_of[length];
}

void search_stretch_cover(struct buf *b, int length, int64_t from, int64_t to)
{
    int64_t first = from >> bits_of[length];

    for (int64_t i = to >> bits_of[length]; i >= first; i--)
        buf_printf(b, "%s'.%c%lld'", i == to >> bits_of[length] ? "(" : " | ", 'a' + length, (long long)i);
    buf_char(b, ')');
}
