/* Pictures of people, bots and workspaces who have none of their own: a mirrored pattern of squares in a colour of
 * theirs, as PNG (ISO/IEC 15948), made when asked for. */
#include <zlib.h>

#include "base/id.h"
#include "base/rand.h"
#include "front/front.h"

enum { PIXELS_MIN = 16, PIXELS_MAX = 512, CELLS = 5, PALETTE_BYTES = 6 };

static void put_u32(struct buf *b, uint32_t v)
{
    unsigned char bytes[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8),
                              (unsigned char)v};

    buf_put(b, bytes, sizeof(bytes));
}

static void put_chunk(struct buf *b, const char *type, const void *data, size_t n)
{
    uLong crc = crc32(crc32(0, (const Bytef *)type, 4), data, (uInt)n);

    put_u32(b, (uint32_t)n);
    buf_put(b, type, 4);
    buf_put(b, data, n);
    put_u32(b, (uint32_t)crc);
}

/* One byte a pixel (0 ground, 1 colour), each row behind its filter byte 0. */
static struct str draw(struct arena *a, const unsigned char *hash, int pixels)
{
    size_t row = (size_t)pixels + 1;
    char *out = arena_alloc(a, row * (size_t)pixels);

    for (int y = 0; y < pixels; y++)
        for (int x = 0; x < pixels; x++) {
            int cx = x * CELLS / pixels, cy = y * CELLS / pixels;
            int mirrored = cx < CELLS / 2 + 1 ? cx : CELLS - 1 - cx;
            out[row * (size_t)y + 1 + (size_t)x] = hash[3 + mirrored * CELLS + cy] & 1;
        }
    return str_of(out, row * (size_t)pixels);
}

static struct str png(struct arena *a, const unsigned char *hash, int pixels)
{
    struct buf b = buf_in(a, 1 << 20);
    struct buf head = buf_in(a, 64);
    struct str image = draw(a, hash, pixels);
    uLongf packed_n = compressBound((uLong)image.n);
    Bytef *packed = (Bytef *)arena_bytes(a, packed_n);
    unsigned char palette[PALETTE_BYTES] = {0xEE, 0xEE, 0xEE, hash[0] / 2 + 48, hash[1] / 2 + 48, hash[2] / 2 + 48};

    compress2(packed, &packed_n, (const Bytef *)image.p, (uLong)image.n, 6);
    put_u32(&head, (uint32_t)pixels);
    put_u32(&head, (uint32_t)pixels);
    buf_put(&head, "\x08\x03\0\0\0", 5); /* 8 bits, indexed colour, no interlace */
    buf_put(&b, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(&b, "IHDR", head.p, head.n);
    put_chunk(&b, "PLTE", palette, sizeof(palette));
    put_chunk(&b, "IDAT", packed, packed_n);
    put_chunk(&b, "IEND", "", 0);
    return buf_view(&b);
}

enum http_verdict avatar_http(struct http_request *req, struct str name)
{
    unsigned char hash[SHA256_BYTES];
    struct str id;
    int64_t pixels;

    str_cut(&name, '-', &id);
    if (!id_parse(id) || !str_ends(name, S(".png")) || !str_to_i64(str_head(name, name.n - 4), &pixels) ||
        pixels < PIXELS_MIN || pixels > PIXELS_MAX)
        return front_text(req, 404, S("text/plain; charset=utf-8"), S("not found\n"));
    sha256(id, hash);
    front_text(req, 200, S("image/png"), png(req->arena, hash, (int)pixels));
    req->reply.no_gzip = true;
    req->reply.headers = S("Cache-Control: public, max-age=86400\r\nX-Content-Type-Options: nosniff\r\n");
    return HTTP_DONE;
}
