#include "base/id.h"

#include <stdatomic.h>

#include "base/clock.h"

enum { NODE_BITS = 6, SEQUENCE_BITS = 9, NODES = 1 << NODE_BITS };

static const int64_t EPOCH_MS = INT64_C(1577836800000);      /* 2020-01-01 */
static const int64_t BODY_MAX = INT64_C(131621703842267136); /* 36^11: what stands after the kind */

static _Atomic int64_t node;
static _Atomic int64_t last; /* milliseconds << SEQUENCE_BITS | sequence of the last id */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return -1;
}

int64_t id_parse(struct str s)
{
    int64_t id = 0;

    if (s.n == 0 || s.n > ID_MAX || digit(s.p[0]) < 10)
        return 0;
    for (size_t i = 0; i < s.n; i++) {
        int d = digit(s.p[i]);
        if (d < 0)
            return 0;
        id = id * 36 + d;
    }
    return id;
}

int64_t id_parse_kind(struct str s, const char *kinds)
{
    return s.n && s.p[0] && strchr(kinds, s.p[0]) ? id_parse(s) : 0;
}

/* Two digits at a time: dividing is what takes the time. */
size_t id_format(int64_t id, char out[ID_MAX])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    uint64_t rest = (uint64_t)id;
    char text[ID_MAX];
    size_t at = ID_MAX;

    if (id <= 0)
        return 0;
    while (rest && at >= 2) {
        uint32_t pair = (uint32_t)(rest % 1296);
        rest /= 1296;
        text[--at] = digits[pair % 36];
        text[--at] = digits[pair / 36];
    }
    if (text[at] == '0') /* an odd number of them */
        at++;
    memcpy(out, text + at, ID_MAX - at);
    return ID_MAX - at;
}

char id_kind(int64_t id)
{
    char text[ID_MAX];

    return id_format(id, text) ? text[0] : '\0';
}

void id_set_node(int n)
{
    atomic_store(&node, n % NODES);
}

void id_restart(void)
{
    atomic_store(&last, 0);
}

int64_t id_new(char kind)
{
    int64_t ms = clock_now_us() / 1000 - EPOCH_MS;
    int64_t now = ms > 0 ? ms << SEQUENCE_BITS : 0;
    int64_t before = atomic_load(&last), mine, body;

    /* Past the 512th id of a millisecond the next one's numbers are used: the order of ids stays that of their making.
     */
    do
        mine = now > before ? now : before + 1;
    while (!atomic_compare_exchange_weak(&last, &before, mine));
    body = (mine >> SEQUENCE_BITS << (NODE_BITS + SEQUENCE_BITS)) | (atomic_load(&node) << SEQUENCE_BITS) |
           (mine & ((1 << SEQUENCE_BITS) - 1));
    return digit(kind) * BODY_MAX + body % BODY_MAX;
}
