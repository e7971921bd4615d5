/* Pictures of emoji, people, bots and workspaces: what was given; for who has no photo a mirrored pattern of squares in
 * a colour of theirs, as PNG (ISO/IEC 15948), made when asked for. */
#include <zlib.h>

#include "base/id.h"
#include "base/rand.h"
#include "front/front.h"
#include "net/download.h"
#include "sql.h"
#include "store/blob.h"

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

static enum http_verdict no_picture(struct http_request *req)
{
    return front_text(req, 404, S("text/plain; charset=utf-8"), S("not found\n"));
}

static enum http_verdict drawn_http(struct http_request *req, struct str id, struct str name)
{
    unsigned char hash[SHA256_BYTES];
    int64_t pixels;

    if (!str_ends(name, S(".png")) || !str_to_i64(str_head(name, name.n - 4), &pixels) || pixels < PIXELS_MIN ||
        pixels > PIXELS_MAX)
        return no_picture(req);
    sha256(id, hash);
    front_text(req, 200, S("image/png"), png(req->arena, hash, (int)pixels));
    req->reply.no_gzip = true;
    req->reply.headers = S("Cache-Control: public, max-age=86400\r\nX-Content-Type-Options: nosniff\r\n");
    return HTTP_DONE;
}

/* A picture that people gave; it never changes under its address. */
static enum http_verdict kept_http(struct front *front, struct http_request *req, struct str hash, struct str type)
{
    int64_t bytes = 0;
    int fd = blob_open(front->api->blobs, hash, &bytes);

    if (fd < 0)
        return no_picture(req);
    download_reply(req, &(struct download){.fd = fd,
                                           .bytes = bytes,
                                           .etag = arena_printf(req->arena, "\"%.*s\"", STR_FMT(hash)),
                                           .content_type = type,
                                           .headers = S("Cache-Control: public, max-age=31536000, immutable\r\n"
                                                        "X-Content-Type-Options: nosniff\r\n"
                                                        "Content-Security-Policy: default-src 'none'; sandbox\r\n")});
    return HTTP_DONE;
}

static enum http_verdict try_later(struct http_request *req)
{
    return front_text(req, 503, S("text/plain; charset=utf-8"), S("try again later\n"));
}

/* Whoever knows the hash may look: clients load pictures without a token. */
static enum http_verdict photo_http(struct front *front, struct http_request *req, int64_t user, struct str hash,
                                    struct str size)
{
    struct photo_row photo;
    bool found;

    if (sql_user_photo(front->api->readers[req->worker], req->arena, user, hash,
                       ARENA_JOIN(req->arena, size, S(".png")), ARENA_JOIN(req->arena, size, S(".jpg")), &photo,
                       &found) != OK)
        return try_later(req);
    return found ? kept_http(front, req, photo.hash, str_ends(photo.part, S(".jpg")) ? S("image/jpeg") : S("image/png"))
                 : no_picture(req);
}

enum http_verdict avatar_http(struct front *front, struct http_request *req, struct str name)
{
    struct str id, hash;

    str_cut(&name, '-', &id);
    if (!id_parse(id))
        return no_picture(req);
    if (str_chr(name, '-') < 0)
        return drawn_http(req, id, name);
    str_cut(&name, '-', &hash);
    return photo_http(front, req, id_parse(id), hash, name);
}

/* "E…-<key>.png": as with photos, the key is what lets one look. */
enum http_verdict emoji_http(struct front *front, struct http_request *req, struct str name)
{
    static const struct {
        struct str ending, type;
    } types[] = {{{".png", 4}, {"image/png", 9}},
                 {{".jpg", 4}, {"image/jpeg", 10}},
                 {{".gif", 4}, {"image/gif", 9}},
                 {{".webp", 5}, {"image/webp", 10}}};
    struct str id, hash;
    bool found;

    str_cut(&name, '-', &id);
    if (sql_file_body_of(front->api->readers[req->worker], req->arena, id_parse_kind(id, "E"), name, &hash, &found) !=
        OK)
        return try_later(req);
    for (size_t i = 0; found && i < sizeof(types) / sizeof(*types); i++)
        if (str_ends(name, types[i].ending))
            return kept_http(front, req, hash, types[i].type);
    return no_picture(req);
}
