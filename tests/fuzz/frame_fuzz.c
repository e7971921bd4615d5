/* What the other side of a WebSocket sends, taken whole and in small pieces: both see the same messages and the same
 * end. The first byte is the size of the pieces, its highest bit whether permessage-deflate is agreed, the next one
 * whether a server sent it. */
#include <stdlib.h>

#include "net/frame.h"

enum { MESSAGE_BYTES = 4096 };

/* What one way of taking the stream saw: a line for each step and one for the end. */
static void see(struct buf *lines, const struct frame_reader *r, enum frame_step step)
{
    buf_printf(lines, "%d %d %d %zu ", step, step == FRAME_MESSAGE ? (int)r->kind : 0,
               step == FRAME_CLOSE || step == FRAME_BROKEN ? r->code : 0, step == FRAME_BROKEN ? 0 : r->payload.n);
    if (step != FRAME_BROKEN)
        buf_str(lines, r->payload);
    buf_char(lines, '\n');
}

static struct buf look(struct str stream, size_t piece, uint8_t flags, struct inflater *inflater)
{
    struct frame_reader r = {.max_bytes = MESSAGE_BYTES,
                             .deflate = flags & 0x80,
                             .from_server = flags & 0x40,
                             .unpack = inflater_run,
                             .unpack_with = inflater};
    struct buf lines = buf_heap(1 << 24);
    enum frame_step step = FRAME_MORE;

    while (stream.n && step != FRAME_BROKEN) {
        struct str now = str_head(stream, piece);
        char *copy = malloc(now.n); /* of exactly this size, so that a read past the end is seen */
        size_t at = 0, used;

        memcpy(copy, now.p, now.n);
        while (at < now.n && step != FRAME_BROKEN) {
            step = frame_read(&r, copy + at, now.n - at, &used);
            at += used;
            if (step != FRAME_MORE)
                see(&lines, &r, step);
            else if (at < now.n)
                abort(); /* it asks for more with bytes left */
        }
        free(copy);
        stream = str_skip(stream, now.n);
    }
    frame_reader_end(&r);
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str stream = str_of((const char *)data + 1, n - 1);
    struct inflater *inflater;
    struct buf whole, pieces;

    if (n == 0)
        return 0;
    inflater = inflater_new();
    whole = look(stream, stream.n, data[0], inflater);
    pieces = look(stream, (size_t)data[0] % 32 + 1, data[0], inflater);
    if (!str_eq(buf_view(&whole), buf_view(&pieces)))
        abort();
    buf_free(&whole);
    buf_free(&pieces);
    inflater_free(inflater);
    return 0;
}
