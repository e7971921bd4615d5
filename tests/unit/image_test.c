/* Pictures from image files: sizes, formats, and files that lie. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/rand.h"
#include "check.h"
#include "jobs/image.h"
#include "jobs/image_probe.h"

/* 16 x 8 pixels, the left half red; EXIF says that it lies on its side (6). */
static const char jpeg_on_its_side[] =
    "/9j/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/4AAQSkZJRgABAQEAYABgAAD//gA7Q1JFQVRPUjogZ2QtanBlZyB2MS4w"
    "ICh1c2luZyBJSkcgSlBFRyB2NjIpLCBxdWFsaXR5ID0gNjAK/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2"
    "RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/9sAQwEODg4TERMmFRUmTzUtNU9PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT09PT09P/8AAEQgACAAQAwEiAAIRAQMRAf/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQE"
    "AAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
    "Z2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX2"
    "9/j5+v/EAB8BAAMBAQEBAQEBAQEAAAAAAAABAgMEBQYHCAkKC//EALURAAIBAgQEAwQHBQQEAAECdwABAgMRBAUhMQYSQVEHYXETIjKBCBRC"
    "kaGxwQkjM1LwFWJy0QoWJDThJfEXGBkaJicoKSo1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoKDhIWGh4iJipKTlJWW"
    "l5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uLj5OXm5+jp6vLz9PX29/j5+v/aAAwDAQACEQMRAD8A5+sKiivY4T/5"
    "ff8Abv8A7ce9xN/y6/7e/Q//2Q==";
/* 16 x 8 pixels. */
static const char webp[] =
    "UklGRkAAAABXRUJQVlA4IDQAAACQAQCdASoQAAgAAUAmJaACdLoAA5gA/vij//8QI//mwP/0uD8Ef+lwf/pcDh//S4GaAAAA";

static void put_u32(struct buf *b, uint32_t v)
{
    unsigned char bytes[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8),
                              (unsigned char)v};

    buf_put(b, bytes, sizeof(bytes));
}

static void put_chunk(struct buf *b, const char *type, const void *data, size_t n)
{
    put_u32(b, (uint32_t)n);
    buf_put(b, type, 4);
    buf_put(b, data, n);
    put_u32(b, (uint32_t)crc32(crc32(0, (const Bytef *)type, 4), data, (uInt)n));
}

/* A grey picture that says it is w x h; rows of it are really there. */
static struct str png(struct arena *a, uint32_t w, uint32_t h, uint32_t rows)
{
    size_t n = ((size_t)w + 1) * rows;
    struct buf b = buf_in(a, 64 << 20), head = buf_in(a, 64);
    Bytef *raw = calloc(1, n), *packed;
    uLongf packed_n = compressBound((uLong)n);

    CHECK(raw != NULL);
    packed = arena_alloc(a, packed_n);
    CHECK(compress2(packed, &packed_n, raw, (uLong)n, 1) == Z_OK);
    free(raw);
    put_u32(&head, w);
    put_u32(&head, h);
    buf_put(&head, "\x08\0\0\0\0", 5);
    buf_put(&b, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(&b, "IHDR", head.p, head.n);
    put_chunk(&b, "IDAT", packed, packed_n);
    put_chunk(&b, "IEND", "", 0);
    return buf_view(&b);
}

static enum image_status make(struct arena *a, struct str file, const struct image_order *order, struct image *out)
{
    int fd = memfd_create("image-test", MFD_CLOEXEC);
    enum image_status status;

    CHECK(fd >= 0 && write(fd, file.p, file.n) == (ssize_t)file.n);
    status = image_make(a, fd, order, out);
    close(fd);
    return status;
}

static const struct image_order sizes = {
    .sizes = {{360, false}, {64, true}, {40, false}},
    .n = 3,
};

static void test_png(struct arena *a)
{
    struct image_order crop = sizes;
    struct image_probe probe;
    struct image im;

    CHECK(make(a, png(a, 100, 50, 50), &sizes, &im) == IMAGE_OK);
    CHECK(im.w == 100 && im.h == 50 && im.rotation == 1 && im.frames == 1 && str_eq(im.format, S("png")) && im.n == 3);
    CHECK(im.made[1].w == 64 && im.made[1].h == 64 && !im.made[1].jpeg);
    CHECK(im.made[2].w == 40 && im.made[2].h == 20);
    CHECK(im.made[0].w == 100 && im.made[0].h == 50);
    CHECK(image_probe(im.made[2].bytes, &probe) && probe.format == IMAGE_PNG && probe.w == 40 && probe.h == 20);
    crop.crop_x = 60;
    crop.crop_w = 40;
    CHECK(make(a, png(a, 100, 50, 50), &crop, &im) == IMAGE_OK && im.made[0].w == 40 && im.made[0].h == 40);
    crop.crop_x = 61;
    CHECK(make(a, png(a, 100, 50, 50), &crop, &im) == IMAGE_BAD_CROP);
}

/* Larger than anything asked for: made by way of a smaller one. */
static void test_large(struct arena *a)
{
    struct image im;

    CHECK(make(a, png(a, 3000, 30, 30), &sizes, &im) == IMAGE_OK);
    CHECK(im.w == 3000 && im.h == 30 && im.made[2].w == 40 && im.made[2].h == 1 && im.made[0].w == 360);
}

static void test_other_formats(struct arena *a)
{
    struct str jpeg = base64_decode(a, str_c(jpeg_on_its_side));
    struct image im;

    CHECK(make(a, jpeg, &sizes, &im) == IMAGE_OK);
    CHECK(im.w == 8 && im.h == 16 && im.rotation == 6 && str_eq(im.format, S("jpeg")) && im.made[0].jpeg);
    CHECK(im.made[0].w == 8 && im.made[0].h == 16);
    CHECK(make(a, base64_decode(a, str_c(webp)), &sizes, &im) == IMAGE_OK);
    CHECK(im.w == 16 && im.h == 8 && str_eq(im.format, S("webp")) && !im.made[0].jpeg);
}

static void test_gif_frames(void)
{
    static const char gif[] = "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
                              "!\xf9\x04\0\0\0\0\0"
                              ",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
                              ",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
    struct image_probe probe;

    CHECK(image_probe(str_of(gif, sizeof(gif) - 1), &probe) && probe.format == IMAGE_GIF && probe.w == 1 &&
          probe.h == 1);
    CHECK(probe.frames == 2);
}

static void test_liars(struct arena *a)
{
    struct str jpeg = base64_decode(a, str_c(jpeg_on_its_side)), small = png(a, 100, 50, 50);
    struct image im;

    CHECK(make(a, S("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), &sizes, &im) == IMAGE_BAD);
    CHECK(make(a, S("\x89PNG\r\n\x1a\n"), &sizes, &im) == IMAGE_BAD);
    CHECK(make(a, str_head(small, 50), &sizes, &im) == IMAGE_BAD);
    CHECK(make(a, str_head(jpeg, 100), &sizes, &im) == IMAGE_BAD);
    CHECK(make(a, png(a, 50000, 50000, 1), &sizes, &im) == IMAGE_TOO_LARGE);
    CHECK(make(a, png(a, 2000000000, 2, 0), &sizes, &im) == IMAGE_TOO_LARGE);
    CHECK(im.n == 0);
}

int main(int argc, char **argv)
{
    struct arena *a;

    if (argc > 1 && !strcmp(argv[1], IMAGE_COMMAND))
        return image_main(argc - 2, argv + 2);
    a = arena_new(1 << 16);
    test_png(a);
    test_large(a);
    test_other_formats(a);
    test_gif_frames();
    test_liars(a);
    arena_free(a);
    return 0;
}
