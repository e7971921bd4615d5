/* What the first bytes of an image file say of it, read without decoding: a bomb is refused before it unfolds. */
#ifndef TAUT_JOBS_IMAGE_PROBE_H
#define TAUT_JOBS_IMAGE_PROBE_H

#include "base/str.h"

enum image_format { IMAGE_NONE, IMAGE_PNG, IMAGE_JPEG, IMAGE_GIF, IMAGE_WEBP, IMAGE_BMP };

struct image_probe {
    enum image_format format;
    int64_t w, h; /* as stored */
    int rotation; /* EXIF orientation, 1 when it says nothing */
    int frames;   /* GIF: counted up to IMAGE_FRAMES_MAX; else 1 */
};

enum { IMAGE_FRAMES_MAX = 10000 };

/* file: the whole file.  False when it is none of the formats or its size cannot be told. */
bool image_probe(struct str file, struct image_probe *out);

#endif
