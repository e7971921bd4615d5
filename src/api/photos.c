/* users.setPhoto and users.deletePhoto. */
#include <unistd.h>

#include "api/input.h"
#include "api/upload.h"
#include "args_users.h"
#include "core/picture.h"
#include "core/profile.h"
#include "core/user_put.h"
#include "jobs/image.h"
#include "settings.h"

/* What moves longer than this is no portrait; the first frame alone is shown. */
enum { FRAMES_MAX = 50, WHOLE_PIXELS = 2048 };

/* The whole is made anew as well, so that no place of a camera or name of a program stays in what everybody may see. */
static const struct image_order sizes = {
    .sizes = {{WHOLE_PIXELS, false},
              {PHOTO_PIXELS_MAX, true},
              {512, true},
              {192, true},
              {72, true},
              {48, true},
              {32, true},
              {24, true}},
    .n = 8,
};

/* slack-go leaves an edge at 0 out. */
static enum err read_crop(struct call *c, const struct users_set_photo_args *a, struct image_order *order)
{
    if (!a->has_crop_w && !a->has_crop_x && !a->has_crop_y)
        return OK;
    if (!a->has_crop_w)
        return call_invalid(c, "crop_x and crop_y need crop_w");
    if (a->crop_x > INT32_MAX || a->crop_y > INT32_MAX || a->crop_w > INT32_MAX)
        return call_invalid(c, "the square to cut out must lie in the picture");
    order->crop_x = (int)a->crop_x;
    order->crop_y = (int)a->crop_y;
    order->crop_w = (int)a->crop_w;
    return OK;
}

static enum err make_pictures(struct call *c, const struct http_part *part, const struct image_order *order,
                              struct image *im)
{
    int fd = upload_open(part);
    enum image_status status;

    if (fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    status = image_make(c->arena, fd, order, im);
    close(fd);
    switch (status) {
    case IMAGE_OK:
        return im->frames > FRAMES_MAX ? ERR_TOO_MANY_FRAMES : OK;
    case IMAGE_BAD:
        return ERR_BAD_IMAGE;
    case IMAGE_TOO_LARGE:
        return ERR_TOO_LARGE;
    case IMAGE_BAD_CROP:
        return call_invalid(c, "the square to cut out must lie in the picture");
    case IMAGE_FAULT:
        break;
    }
    return ERR_SERVICE_UNAVAILABLE;
}

static enum err store(struct call *c, struct upload *u, const struct image_made *made)
{
    struct str size = made->pixels == WHOLE_PIXELS ? PHOTO_WHOLE : arena_printf(c->arena, "%d", made->pixels);
    struct str hash;

    return upload_add(c, u, made->bytes, ARENA_JOIN(c->arena, size, made->jpeg ? S(".jpg") : S(".png")), &hash);
}

enum err users_set_photo_prepare(struct call *c, const struct users_set_photo_args *a)
{
    const struct http_part *part = input_file(c->input, S("image"));
    struct upload *u = ARENA_NEW(c->arena, struct upload);
    struct image_order order = sizes;
    struct image im;

    if (!part || part->size_bytes == 0)
        return ERR_BAD_IMAGE;
    if (part->size_bytes > ((const struct settings *)c->settings)->max_file_bytes)
        return ERR_TOO_LARGE;
    TRY(read_crop(c, a, &order));
    TRY(make_pictures(c, part, &order, &im));
    for (int i = 0; i < im.n; i++)
        TRY(store(c, u, &im.made[i]));
    c->prepared = u;
    return OK;
}

static enum err change(struct call *c, struct user_row *u, struct str hash, const struct upload *pictures)
{
    int64_t changed;

    u->avatar_hash = hash;
    u->updated_us = c->now_us;
    TRY(upload_drop_bodies(c, u->id, NULL));
    if (pictures)
        TRY(upload_name_bodies(c, u->id, pictures));
    TRY(sql_user_set_photo(c->db, c->arena, u->id, hash, c->now_us, &changed));
    profile_tell(c, u, &(struct profile_change){.any = true});
    return OK;
}

enum err users_set_photo(struct call *c, const struct users_set_photo_args *a)
{
    struct user_row *u;

    (void)a;
    TRY(user_open(c, S(""), &u));
    TRY(change(c, u, photo_new_hash(c->arena), c->prepared));
    profile_put(c, &c->out, S("profile"), u);
    return OK;
}

enum err users_delete_photo(struct call *c, const struct users_delete_photo_args *a)
{
    struct user_row *u;

    (void)a;
    TRY(user_open(c, S(""), &u));
    return photo_is(u) ? change(c, u, picture_drawn_hash(c->arena, u->id), NULL) : OK;
}
