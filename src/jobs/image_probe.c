#include "jobs/image_probe.h"

static uint32_t be(struct str s, size_t at, int bytes)
{
    uint32_t v = 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | (at + (size_t)i < s.n ? (unsigned char)s.p[at + (size_t)i] : 0);
    return v;
}

static uint32_t le(struct str s, size_t at, int bytes)
{
    uint32_t v = 0;

    for (int i = bytes - 1; i >= 0; i--)
        v = v << 8 | (at + (size_t)i < s.n ? (unsigned char)s.p[at + (size_t)i] : 0);
    return v;
}

static bool has(struct str s, size_t at, struct str what)
{
    return str_starts(str_skip(s, at), what);
}

/* --- JPEG ----------------------------------------------------------------------------------------------------- */

enum { MARKER_SOS = 0xDA, MARKER_EOI = 0xD9, MARKER_APP1 = 0xE1, TAG_ORIENTATION = 0x0112, IFD_ENTRY_BYTES = 12 };

/* The orientation of a TIFF structure, as EXIF embeds one. */
static int tiff_orientation(struct str t)
{
    bool little = has(t, 0, S("II*\0"));
    uint32_t (*get)(struct str, size_t, int) = little ? le : be;
    uint32_t ifd, n;

    if (!little && !has(t, 0, S("MM\0*")))
        return 1;
    ifd = get(t, 4, 4);
    n = ifd < t.n ? get(t, ifd, 2) : 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t at = (size_t)ifd + 2 + (size_t)i * IFD_ENTRY_BYTES;
        if (at + IFD_ENTRY_BYTES > t.n)
            return 1;
        if (get(t, at, 2) == TAG_ORIENTATION) {
            uint32_t v = get(t, at + 8, 2);
            return v >= 1 && v <= 8 ? (int)v : 1;
        }
    }
    return 1;
}

static bool is_frame_header(uint32_t marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool probe_jpeg(struct str f, struct image_probe *out)
{
    size_t at = 2;

    while (at + 4 <= f.n) {
        uint32_t marker = be(f, at + 1, 1), length;
        if ((unsigned char)f.p[at] != 0xFF)
            return false;
        if (marker == 0xFF) { /* padding */
            at++;
            continue;
        }
        if (marker == MARKER_SOS || marker == MARKER_EOI)
            return false;
        length = be(f, at + 2, 2);
        if (length < 2)
            return false;
        if (is_frame_header(marker)) {
            out->h = be(f, at + 5, 2);
            out->w = be(f, at + 7, 2);
            return true;
        }
        if (marker == MARKER_APP1 && has(f, at + 4, S("Exif\0\0")))
            out->rotation = tiff_orientation(str_head(str_skip(f, at + 10), length < 8 ? 0 : length - 8));
        at += 2 + length;
    }
    return false;
}

/* --- GIF ------------------------------------------------------------------------------------------------------ */

enum { GIF_HEADER_BYTES = 13, GIF_IMAGE_BYTES = 10 };

static size_t gif_table_bytes(uint32_t flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static size_t gif_skip_blocks(struct str f, size_t at)
{
    while (at < f.n && f.p[at])
        at += 1 + (size_t)(unsigned char)f.p[at];
    return at + 1;
}

static int gif_frames(struct str f)
{
    size_t at = GIF_HEADER_BYTES + gif_table_bytes(be(f, 10, 1));
    int frames = 0;

    while (at < f.n && frames < IMAGE_FRAMES_MAX) {
        if (f.p[at] == '!') {
            at = gif_skip_blocks(f, at + 2);
        } else if (f.p[at] == ',') {
            frames++;
            at = gif_skip_blocks(f, at + GIF_IMAGE_BYTES + gif_table_bytes(be(f, at + 9, 1)) + 1);
        } else {
            break;
        }
    }
    return frames ? frames : 1;
}

static bool probe_gif(struct str f, struct image_probe *out)
{
    out->w = le(f, 6, 2);
    out->h = le(f, 8, 2);
    out->frames = gif_frames(f);
    return f.n >= GIF_HEADER_BYTES;
}

/* --- PNG, WebP, BMP ------------------------------------------------------------------------------------------- */

static bool probe_png(struct str f, struct image_probe *out)
{
    out->w = be(f, 16, 4);
    out->h = be(f, 20, 4);
    return has(f, 12, S("IHDR"));
}

static bool probe_webp(struct str f, struct image_probe *out)
{
    if (has(f, 12, S("VP8X"))) {
        out->w = (int64_t)le(f, 24, 3) + 1;
        out->h = (int64_t)le(f, 27, 3) + 1;
        return true;
    }
    if (has(f, 12, S("VP8L"))) {
        uint32_t bits = le(f, 21, 4);
        out->w = (int64_t)(bits & 0x3FFF) + 1;
        out->h = (int64_t)(bits >> 14 & 0x3FFF) + 1;
        return true;
    }
    out->w = le(f, 26, 2) & 0x3FFF;
    out->h = le(f, 28, 2) & 0x3FFF;
    return has(f, 12, S("VP8 "));
}

static bool probe_bmp(struct str f, struct image_probe *out)
{
    out->w = (int32_t)le(f, 18, 4);
    out->h = (int32_t)le(f, 22, 4);
    if (out->h < 0) /* stored from top to bottom */
        out->h = -out->h;
    return le(f, 14, 4) >= 40;
}

bool image_probe(struct str f, struct image_probe *out)
{
    static const struct {
        size_t at;
        struct str magic;
        enum image_format format;
        bool (*probe)(struct str, struct image_probe *);
    } kinds[] = {
        {0, {"\x89PNG\r\n\x1a\n", 8}, IMAGE_PNG, probe_png},
        {0, {"\xFF\xD8\xFF", 3}, IMAGE_JPEG, probe_jpeg},
        {0, {"GIF87a", 6}, IMAGE_GIF, probe_gif},
        {0, {"GIF89a", 6}, IMAGE_GIF, probe_gif},
        {8, {"WEBP", 4}, IMAGE_WEBP, probe_webp},
        {0, {"BM", 2}, IMAGE_BMP, probe_bmp},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (!has(f, kinds[i].at, kinds[i].magic))
            continue;
        *out = (struct image_probe){.format = kinds[i].format, .rotation = 1, .frames = 1};
        return kinds[i].probe(f, out) && out->w > 0 && out->h > 0;
    }
    return false;
}
