/* permessage-deflate (RFC 7692) without context takeover: every message is packed by itself, so one stream serves all
 * connections of a thread. */
#include <stdlib.h>
#include <zlib.h>

#include "net/frame.h"

enum { WINDOW_BITS = -15, MEMORY_LEVEL = 8, FIRST_BYTES = 1 << 16 };

static const unsigned char tail[4] = {0, 0, 0xFF, 0xFF}; /* what a sender leaves away from the end of each message */

struct inflater {
    z_stream z;
    char *out;
    size_t out_bytes;
};

struct inflater *inflater_new(void)
{
    struct inflater *i = calloc(1, sizeof(*i));

    if (!i || inflateInit2(&i->z, WINDOW_BITS) != Z_OK)
        abort();
    return i;
}

void inflater_free(struct inflater *i)
{
    if (!i)
        return;
    inflateEnd(&i->z);
    free(i->out);
    free(i);
}

static void grow(char **out, size_t *bytes, size_t want)
{
    char *p = realloc(*out, want);

    if (!p)
        abort();
    *out = p;
    *bytes = want;
}

/* Feeds one piece; 0 or the code to close with.  *n: bytes unpacked so far. */
static int unpack(struct inflater *i, const void *p, size_t bytes, size_t max_bytes, size_t *n)
{
    i->z.next_in = (unsigned char *)(uintptr_t)p;
    i->z.avail_in = (unsigned)bytes;
    for (;;) {
        int result;

        if (*n == i->out_bytes)
            grow(&i->out, &i->out_bytes, i->out_bytes ? i->out_bytes * 2 : FIRST_BYTES);
        i->z.next_out = (unsigned char *)i->out + *n;
        i->z.avail_out = (unsigned)(i->out_bytes - *n);
        result = inflate(&i->z, Z_SYNC_FLUSH);
        *n = i->out_bytes - i->z.avail_out;
        if (*n > max_bytes)
            return WS_TOO_BIG;
        if (result == Z_STREAM_END) /* a sender may end the stream; nothing may follow but the tail */
            return 0;
        if (result != Z_OK && result != Z_BUF_ERROR)
            return WS_BAD_TEXT;
        if (i->z.avail_out > 0)
            return 0;
    }
}

int inflater_run(void *inflater, struct str packed, size_t max_bytes, struct str *out)
{
    struct inflater *i = inflater;
    size_t n = 0;
    int code;

    inflateReset(&i->z);
    code = unpack(i, packed.p, packed.n, max_bytes, &n);
    if (code == 0)
        code = unpack(i, tail, sizeof(tail), max_bytes, &n);
    *out = str_of(i->out, n);
    return code;
}

struct deflater {
    z_stream z;
    char *out;
    size_t out_bytes;
};

struct deflater *deflater_new(void)
{
    struct deflater *d = calloc(1, sizeof(*d));

    if (!d || deflateInit2(&d->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY))
        abort();
    return d;
}

void deflater_free(struct deflater *d)
{
    if (!d)
        return;
    deflateEnd(&d->z);
    free(d->out);
    free(d);
}

bool deflater_run(struct deflater *d, struct str bytes, struct str *out)
{
    deflateReset(&d->z);
    if (d->out_bytes < bytes.n)
        grow(&d->out, &d->out_bytes, bytes.n);
    d->z.next_in = (unsigned char *)(uintptr_t)bytes.p;
    d->z.avail_in = (unsigned)bytes.n;
    d->z.next_out = (unsigned char *)d->out;
    d->z.avail_out = (unsigned)bytes.n;
    if (deflate(&d->z, Z_SYNC_FLUSH) != Z_OK || d->z.avail_out == 0)
        return false;
    *out = str_of(d->out, bytes.n - d->z.avail_out - sizeof(tail));
    return true;
}
