/* What the process that decodes images tells the one that asked: written to its standard output, a file in memory.
 * Both are the same program, so the structs are their own format. */
#ifndef TAUT_JOBS_IMAGE_WIRE_H
#define TAUT_JOBS_IMAGE_WIRE_H

#include <stdint.h>

struct image_wire_head {
    int32_t status; /* enum image_status + 1; 0: it did not come to an end */
    int32_t w, h, rotation, frames, n;
    char format[8];
};

/* Behind the head, n times, each followed by its bytes. */
struct image_wire_made {
    int32_t pixels, w, h, jpeg, bytes;
};

/* All pictures of one image together, and what the reader believes at most. */
enum { IMAGE_WIRE_MAX_BYTES = 64 << 20 };

#endif
