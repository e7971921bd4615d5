/* The picture of an emoji: taken in, made small, kept as a body of our own. */
#ifndef TAUT_API_EMOJI_PICTURE_H
#define TAUT_API_EMOJI_PICTURE_H

#include "api/upload.h"

struct emoji_picture {
    int64_t id;
    struct str path; /* what the emoji's row keeps as its url: "emoji/E…-….png" */
    struct upload upload;
};

/* From the part `image` of a form, or else from url.  Runs in prepare, on the threads for what takes long.  Errors:
 * no_image_uploaded, error_no_image (no address, or nothing came from there), error_too_big, error_bad_format,
 * too_many_frames, resized_but_still_too_large, service_unavailable. */
enum err emoji_picture_take(struct call *c, struct str url, struct emoji_picture *out);
/* Inside the transaction: the emoji is there. */
enum err emoji_picture_keep(struct call *c, const struct emoji_picture *p);
/* Inside the transaction: the emoji of this row's url is gone. */
enum err emoji_picture_drop(struct call *c, struct str stored);

/* What clients are told, of what the row keeps. */
struct str emoji_picture_url(struct call *c, struct str stored);

#endif
