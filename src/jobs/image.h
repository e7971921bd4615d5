/* Pictures: from an image file somebody sent to smaller ones, without trusting a byte of it.
 *
 * Decoders of images have a history of faults, and a file of a few bytes may unfold to gigabytes.  So they run in a
 * process of their own, this program's hidden subcommand `thumbs`, which has little memory, little time, no open file
 * but the image and no say in what happens next.  It needs libgd, which only that process loads
 * (docs/decisions/0002-images.md).  What it cannot read in time is IMAGE_BAD: the caller goes on without pictures. */
#ifndef TAUT_JOBS_IMAGE_H
#define TAUT_JOBS_IMAGE_H

#include "base/arena.h"

enum { IMAGE_SIZES_MAX = 16 };

struct image_size {
    int pixels;  /* the longer side at most; never enlarged */
    bool square; /* cut to the middle square and scaled to exactly pixels x pixels */
};

/* What to make. */
struct image_order {
    struct image_size sizes[IMAGE_SIZES_MAX]; /* the largest first: smaller ones are made from larger ones */
    int n;
    /* A square part of the upright image, in its pixels, that everything is made from; w 0: all of it.  One that does
     * not lie in the image is IMAGE_BAD_CROP. */
    int crop_x, crop_y, crop_w;
};

struct image_made {
    int pixels; /* as ordered */
    int w, h;
    bool jpeg; /* else PNG */
    struct str bytes;
};

struct image {
    int w, h;          /* of the original, turned upright */
    int rotation;      /* as EXIF says: 1 (upright) to 8 */
    int frames;        /* of an animation; 1 else */
    struct str format; /* "png", "jpeg", "gif", "webp", "bmp" */
    struct image_made made[IMAGE_SIZES_MAX];
    int n;
};

enum image_status {
    IMAGE_OK,
    IMAGE_BAD,       /* no image this server can read, broken, or it took too much time or memory */
    IMAGE_TOO_LARGE, /* more pixels than are looked at */
    IMAGE_BAD_CROP,
    IMAGE_FAULT, /* the process could not be started (logged) */
};

/* Takes as long as the decoder does, at most some seconds: not for the threads that serve.  fd stays the caller's; its
 * offset moves.  The pictures lie in the arena. */
enum image_status image_make(struct arena *a, int fd, const struct image_order *order, struct image *out);

/* The subcommand: what main, of every program that makes images, runs when its first argument is IMAGE_COMMAND; argv
 * is what stands behind it.  Returns the exit code. */
#define IMAGE_COMMAND "thumbs"
int image_main(int argc, char **argv);

#endif
