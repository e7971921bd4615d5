/* Where the picture of a person, bot or workspace is: a person's own photo, or one this server draws from the id. */
#ifndef TAUT_CORE_PICTURE_H
#define TAUT_CORE_PICTURE_H

#include "core/call.h"
#include "sql.h"

/* The largest square made of a photo, and what the whole of it is called. */
enum { PHOTO_PIXELS_MAX = 1024 };
#define PHOTO_WHOLE S("original")

/* The drawn one: "<base_url>avatars/<id>-<pixels>.png" */
struct str picture_url(struct call *c, int64_t id, int pixels);
/* The avatar_hash of who has no photo. */
struct str picture_drawn_hash(struct arena *a, int64_t id);

/* The avatar_hash of a new photo.  It is the key to the pictures, which anybody may fetch who knows it, so it is
 * drawn by lot; and another one for each photo, so that they may be kept for ever. */
struct str photo_new_hash(struct arena *a);
/* Has this person a photo? */
bool photo_is(const struct user_row *u);
/* "<base_url>avatars/<id>-<avatar_hash>-<size>"; size: pixels, or PHOTO_WHOLE. */
struct str photo_url(struct call *c, const struct user_row *u, struct str size);

/* The photo, or else the drawn one. */
struct str person_picture_url(struct call *c, const struct user_row *u, int pixels);

#endif
