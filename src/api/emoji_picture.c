#include "api/emoji_picture.h"

#include <unistd.h>

#include "api/fetch.h"
#include "api/input.h"
#include "base/id.h"
#include "core/picture.h"
#include "core/redirect.h"
#include "jobs/image.h"

/* limits.md: under 128 kB; what is larger is made smaller, down to this many pixels. */
enum { SOURCE_MAX_BYTES = 1 << 20, PICTURE_MAX_BYTES = 128 << 10, PIXELS = 128, FRAMES_MAX = 50 };

static const struct str ours = {"emoji/", 6};

/* --- where it comes from --------------------------------------------------------------------------------------- */

static enum err find_source(struct call *c, struct str url, struct http_part *out)
{
    const struct http_part *part = input_file(c->input, S("image"));
    struct str body;

    if (part && part->size_bytes > 0) {
        *out = *part;
        return part->size_bytes > SOURCE_MAX_BYTES ? ERR_ERROR_TOO_BIG : OK;
    }
    if (!url.n)
        return ERR_NO_IMAGE_UPLOADED;
    if (!redirect_is_url(url))
        return ERR_ERROR_NO_IMAGE;
    switch (fetch(c, url, SOURCE_MAX_BYTES, &body)) {
    case FETCHED:
        *out = upload_text(body);
        return body.n ? OK : ERR_ERROR_NO_IMAGE;
    case FETCHED_TOO_LARGE:
        return ERR_ERROR_TOO_BIG;
    case FETCHED_NOTHING:
        break;
    }
    return ERR_ERROR_NO_IMAGE;
}

/* --- what becomes of it ---------------------------------------------------------------------------------------- */

static enum err look(struct call *c, int fd, struct image *im)
{
    const struct image_order order = {.sizes = {{PIXELS, false}}, .n = 1};

    switch (image_make(c->arena, fd, &order, im)) {
    case IMAGE_OK:
        return im->frames > FRAMES_MAX ? ERR_TOO_MANY_FRAMES : OK;
    case IMAGE_BAD:
    case IMAGE_BAD_CROP:
        return ERR_ERROR_BAD_FORMAT;
    case IMAGE_TOO_LARGE:
        return ERR_ERROR_TOO_BIG;
    case IMAGE_FAULT:
        break;
    }
    return ERR_SERVICE_UNAVAILABLE;
}

/* One that moves stays as it came, so that it goes on moving; others are made anew, without what cameras and programs
 * leave in them. */
static enum err choose(struct call *c, int fd, int64_t size_bytes, const struct image *im, struct str *bytes,
                       struct str *ending)
{
    if (im->frames == 1) {
        *bytes = im->made[0].bytes;
        *ending = im->made[0].jpeg ? S(".jpg") : S(".png");
    } else if (size_bytes <= PICTURE_MAX_BYTES) {
        char *whole = arena_bytes(c->arena, (size_t)size_bytes);
        if (pread(fd, whole, (size_t)size_bytes, 0) != (ssize_t)size_bytes)
            return ERR_SERVICE_UNAVAILABLE;
        *bytes = str_of(whole, (size_t)size_bytes);
        *ending = ARENA_JOIN(c->arena, S("."), im->format);
    }
    return bytes->n && bytes->n <= PICTURE_MAX_BYTES ? OK : ERR_RESIZED_BUT_STILL_TOO_LARGE;
}

static enum err make(struct call *c, int fd, int64_t size_bytes, struct emoji_picture *out)
{
    struct str bytes = S(""), ending, hash, name;
    char id[ID_MAX];
    struct image im;

    TRY(look(c, fd, &im));
    TRY(choose(c, fd, size_bytes, &im, &bytes, &ending));
    name = ARENA_JOIN(c->arena, photo_new_hash(c->arena), ending);
    out->id = id_new('E');
    out->path = ARENA_JOIN(c->arena, ours, str_of(id, id_format(out->id, id)), S("-"), name);
    return upload_add(c, &out->upload, bytes, name, &hash);
}

enum err emoji_picture_take(struct call *c, struct str url, struct emoji_picture *out)
{
    struct http_part source;
    enum err e;
    int fd;

    TRY(find_source(c, url, &source));
    fd = upload_open(&source);
    if (fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    e = make(c, fd, source.size_bytes, out);
    close(fd);
    return e;
}

/* --- the row --------------------------------------------------------------------------------------------------- */

enum err emoji_picture_keep(struct call *c, const struct emoji_picture *p)
{
    return upload_name_bodies(c, p->id, &p->upload);
}

enum err emoji_picture_drop(struct call *c, struct str stored)
{
    struct str rest, id;

    if (!str_starts(stored, ours))
        return OK;
    rest = str_skip(stored, ours.n);
    str_cut(&rest, '-', &id);
    return upload_drop_bodies(c, id_parse_kind(id, "E"), NULL);
}

struct str emoji_picture_url(struct call *c, struct str stored)
{
    return str_starts(stored, ours) ? ARENA_JOIN(c->arena, c->base_url, stored) : stored;
}
