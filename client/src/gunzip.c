#include "gunzip.h"

#include <stdint.h>

void gunzip_init(struct gunzip *g)
{
    g->begun = false;
    isal_inflate_init(&g->state);
    g->state.crc_flag = ISAL_GZIP;
}

void gunzip_feed(struct gunzip *g, const void *p, size_t n)
{
    g->state.next_in = (uint8_t *)(uintptr_t)p;
    g->state.avail_in = (uint32_t)n;
}

/* Between members there may be zeros, as tar pads them. */
static void begin_member(struct gunzip *g)
{
    while (g->state.avail_in && *g->state.next_in == 0) {
        g->state.next_in++;
        g->state.avail_in--;
    }
    if (g->state.avail_in == 0)
        return;
    isal_inflate_reset(&g->state);
    g->state.crc_flag = ISAL_GZIP;
    g->begun = true;
}

enum gunzip_step gunzip_read(struct gunzip *g, void *p, size_t n, size_t *got)
{
    g->state.next_out = p;
    g->state.avail_out = (uint32_t)n;
    *got = 0;
    while (g->state.avail_out) {
        if (!g->begun)
            begin_member(g);
        if (!g->begun)
            break;
        if (isal_inflate(&g->state) != ISAL_DECOMP_OK)
            return GUNZIP_BROKEN;
        *got = n - g->state.avail_out;
        if (g->state.block_state == ISAL_BLOCK_FINISH)
            g->begun = false;
        else if (g->state.avail_in == 0 && g->state.avail_out)
            break;
    }
    return g->state.avail_out ? GUNZIP_MORE : GUNZIP_FULL;
}
