/* The process that decodes: it limits itself, reads one image from its standard input, writes the pictures to its
 * standard output and ends.  It may crash, and be killed, at any point. */
#include <errno.h>
#include <gd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/late.h"
#include "jobs/image.h"
#include "jobs/image_probe.h"
#include "jobs/image_wire.h"

enum {
    CPU_S = 10,
    MEMORY_BYTES = 1 << 30,
    FILE_MAX_BYTES = 256 << 20,
    PIXELS_MAX = 64 << 20, /* 8192 x 8192; four bytes each, twice, fit into the memory above */
    JPEG_QUALITY = 85,
    PNG_LEVEL = 4,
};

/* The server itself never needs the library, so it is loaded here alone (0002-images.md). */
#define GD_FUNCTIONS(X)                                                                                                \
    X(gdImageCreateFromPngPtr)                                                                                         \
    X(gdImageCreateFromJpegPtrEx)                                                                                      \
    X(gdImageCreateFromGifPtr)                                                                                         \
    X(gdImageCreateFromWebpPtr)                                                                                        \
    X(gdImageCreateFromBmpPtr)                                                                                         \
    X(gdImageCreateTrueColor)                                                                                          \
    X(gdImagePaletteToTrueColor)                                                                                       \
    X(gdImageAlphaBlending)                                                                                            \
    X(gdImageSaveAlpha)                                                                                                \
    X(gdImageCopyResampled)                                                                                            \
    X(gdImageRotateInterpolated)                                                                                       \
    X(gdImageFlipHorizontal)                                                                                           \
    X(gdImageJpegPtr)                                                                                                  \
    X(gdImagePngPtrEx)                                                                                                 \
    X(gdImageDestroy)                                                                                                  \
    X(gdSetErrorMethod)

LATE_LIBRARY(gd, "libgd.so.3", GD_FUNCTIONS)

static void silent(int priority, const char *format, va_list args)
{
    (void)priority;
    (void)format;
    (void)args;
}

static void limit(__rlimit_resource_t what, rlim_t value)
{
    setrlimit(what, &(struct rlimit){value, value});
}

static void limit_self(void)
{
    close_range(STDERR_FILENO, ~0u, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    limit(RLIMIT_CPU, CPU_S);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, IMAGE_WIRE_MAX_BYTES);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their shadow alone is larger */
    limit(RLIMIT_AS, MEMORY_BYTES);
#endif
}

/* After the library is loaded nothing needs to be opened any more. */
static void limit_files(void)
{
    limit(RLIMIT_NOFILE, 0);
    limit(RLIMIT_NPROC, 0);
}

/* --- the answer ----------------------------------------------------------------------------------------------- */

static void write_all(const void *p, size_t n)
{
    const char *at = p;

    while (n) {
        ssize_t did = write(STDOUT_FILENO, at, n);
        if (did <= 0)
            _exit(1);
        at += did;
        n -= (size_t)did;
    }
}

/* The head goes last to the first place: an answer without a status was cut. */
static int answer(struct image_wire_head *head, enum image_status status)
{
    head->status = (int32_t)status + 1;
    return pwrite(STDOUT_FILENO, head, sizeof(*head), 0) == (ssize_t)sizeof(*head) ? 0 : 1;
}

/* --- decoding ------------------------------------------------------------------------------------------------- */

static bool map_input(struct str *file)
{
    struct stat st;
    void *p;

    if (fstat(STDIN_FILENO, &st) != 0 || st.st_size <= 0 || st.st_size > FILE_MAX_BYTES)
        return false;
    p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    if (p == MAP_FAILED)
        return false;
    *file = str_of(p, (size_t)st.st_size);
    return true;
}

static gdImagePtr decode(struct str f, enum image_format format)
{
    int n = (int)f.n;
    void *p = (void *)(uintptr_t)f.p; /* gd's readers take no const, and write nothing */

    switch (format) {
    case IMAGE_PNG:
        return gd.gdImageCreateFromPngPtr(n, p);
    case IMAGE_JPEG:
        return gd.gdImageCreateFromJpegPtrEx(n, p, 1);
    case IMAGE_GIF:
        return gd.gdImageCreateFromGifPtr(n, p);
    case IMAGE_WEBP:
        return gd.gdImageCreateFromWebpPtr(n, p);
    case IMAGE_BMP:
        return gd.gdImageCreateFromBmpPtr(n, p);
    case IMAGE_NONE:
        break;
    }
    return NULL;
}

/* Turns what a camera stored sideways upright: EXIF orientations 2, 4, 5 and 7 are mirrored as well. */
static gdImagePtr upright(gdImagePtr im, int rotation)
{
    static const float turns[9] = {[3] = 180, [4] = 180, [5] = 270, [6] = 270, [7] = 90, [8] = 90};
    static const bool mirrored[9] = {[2] = true, [4] = true, [5] = true, [7] = true};
    gdImagePtr turned = im;

    if (turns[rotation] > 0) {
        turned = gd.gdImageRotateInterpolated(im, turns[rotation], 0);
        gd.gdImageDestroy(im);
    }
    if (turned && mirrored[rotation])
        gd.gdImageFlipHorizontal(turned);
    return turned;
}

/* --- the pictures --------------------------------------------------------------------------------------------- */

struct box {
    int x, y, w, h;
};

/* The part of the image that fills a square, or all of it with the size it is scaled to. */
static void place(const struct box *all, const struct image_size *size, struct box *from, int *w, int *h)
{
    int longer = all->w > all->h ? all->w : all->h, shorter = all->w > all->h ? all->h : all->w;

    *from = *all;
    if (size->square) {
        from->x += (all->w - shorter) / 2;
        from->y += (all->h - shorter) / 2;
        from->w = from->h = shorter;
        *w = *h = size->pixels;
        return;
    }
    *w = all->w;
    *h = all->h;
    if (longer <= size->pixels)
        return;
    *w = (int)((int64_t)all->w * size->pixels / longer);
    *h = (int)((int64_t)all->h * size->pixels / longer);
    *w += *w == 0;
    *h += *h == 0;
}

/* What the next picture is made from: the image, or an earlier picture of it. */
struct source {
    gdImagePtr im;
    struct box all;
};

static void take_over(struct source *s, gdImagePtr im)
{
    gd.gdImageDestroy(s->im);
    s->im = im;
    s->all = (struct box){0, 0, gdImageSX(im), gdImageSY(im)};
}

static gdImagePtr scale(const struct source *s, const struct image_size *size)
{
    struct box from;
    gdImagePtr out;
    int w, h;

    place(&s->all, size, &from, &w, &h);
    out = gd.gdImageCreateTrueColor(w, h);
    if (!out)
        return NULL;
    gd.gdImageAlphaBlending(out, 0);
    gd.gdImageSaveAlpha(out, 1);
    gd.gdImageCopyResampled(out, s->im, 0, 0, from.x, from.y, w, h, from.w, from.h);
    return out;
}

static bool write_picture(gdImagePtr im, int pixels, bool jpeg)
{
    struct image_wire_made made = {.pixels = pixels, .w = gdImageSX(im), .h = gdImageSY(im), .jpeg = jpeg};
    void *bytes =
        jpeg ? gd.gdImageJpegPtr(im, &made.bytes, JPEG_QUALITY) : gd.gdImagePngPtrEx(im, &made.bytes, PNG_LEVEL);

    if (!bytes)
        return false;
    write_all(&made, sizeof(made));
    write_all(bytes, (size_t)made.bytes);
    return true;
}

/* Large enough to make this size from it without a loss that shows. */
static bool is_enough(gdImagePtr im, const struct image_size *size)
{
    int shorter = gdImageSX(im) < gdImageSY(im) ? gdImageSX(im) : gdImageSY(im);

    return shorter * 2 >= size->pixels * 3;
}

/* Scaling costs by the pixels it reads, so of a large image all pictures are made from smaller ones. */
static bool make_all(struct source *s, const struct image_order *order, bool jpeg, int32_t *n)
{
    struct image_size work = {.pixels = order->n ? order->sizes[0].pixels * 3 / 2 : 0};
    gdImagePtr im = NULL;

    if (order->n && (s->all.w > work.pixels || s->all.h > work.pixels)) {
        im = scale(s, &work);
        if (!im)
            return false;
        take_over(s, im);
    }
    for (*n = 0; *n < order->n; ++*n) {
        const struct image_size *size = &order->sizes[*n], *next = *n + 1 < order->n ? size + 1 : NULL;
        im = scale(s, size);
        if (!im || !write_picture(im, size->pixels, jpeg))
            return false;
        if (next && !size->square && is_enough(im, next))
            take_over(s, im);
        else
            gd.gdImageDestroy(im);
    }
    return true;
}

static bool read_sizes(const char *text, struct image_order *order)
{
    char kind;
    int used;

    for (order->n = 0; order->n < IMAGE_SIZES_MAX && *text; order->n++) {
        struct image_size *size = &order->sizes[order->n];
        if (sscanf(text, "%c%d%n", &kind, &size->pixels, &used) != 2 || size->pixels < 1)
            return false;
        size->square = kind == 's';
        text += used;
        text += *text == ',';
    }
    return *text == '\0';
}

static bool take_crop(const struct image_order *order, const gdImagePtr im, struct box *all)
{
    *all = (struct box){0, 0, gdImageSX(im), gdImageSY(im)};
    if (order->crop_w == 0)
        return true;
    if (order->crop_x < 0 || order->crop_y < 0 || order->crop_w < 0 || order->crop_w > all->w - order->crop_x ||
        order->crop_w > all->h - order->crop_y)
        return false;
    *all = (struct box){order->crop_x, order->crop_y, order->crop_w, order->crop_w};
    return true;
}

static const char *format_name(enum image_format format)
{
    static const char *const names[] = {"", "png", "jpeg", "gif", "webp", "bmp"};

    return names[format];
}

static enum image_status make(struct str file, const struct image_order *order, struct image_wire_head *head)
{
    struct image_probe probe;
    struct source s;
    gdImagePtr im;

    if (!image_probe(file, &probe))
        return IMAGE_BAD;
    if (probe.w > PIXELS_MAX || probe.h > PIXELS_MAX || probe.w * probe.h > PIXELS_MAX)
        return IMAGE_TOO_LARGE;
    im = decode(file, probe.format);
    /* What a header promised and the picture has must agree, or the limit above was talked past. */
    if (!im || (int64_t)gdImageSX(im) * gdImageSY(im) > PIXELS_MAX || !gd.gdImagePaletteToTrueColor(im))
        return IMAGE_BAD;
    im = upright(im, probe.rotation);
    if (!im)
        return IMAGE_BAD;
    head->w = gdImageSX(im);
    head->h = gdImageSY(im);
    head->rotation = probe.rotation;
    head->frames = probe.frames;
    strcpy(head->format, format_name(probe.format));
    s.im = im;
    if (!take_crop(order, im, &s.all))
        return IMAGE_BAD_CROP;
    return make_all(&s, order, probe.format == IMAGE_JPEG, &head->n) ? IMAGE_OK : IMAGE_BAD;
}

int image_main(int argc, char **argv)
{
    struct image_wire_head head = {0};
    struct image_order order = {0};
    struct str file;

    limit_self();
    if (argc != 2 || !read_sizes(argv[0], &order) ||
        sscanf(argv[1], "%d,%d,%d", &order.crop_x, &order.crop_y, &order.crop_w) != 3)
        return 2;
    if (!gd_load())
        return answer(&head, IMAGE_FAULT);
    limit_files();
    gd.gdSetErrorMethod(silent);
    write_all(&head, sizeof(head));
    if (!map_input(&file))
        return answer(&head, IMAGE_BAD);
    return answer(&head, make(file, &order, &head));
}
