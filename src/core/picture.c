#include "core/picture.h"

#include "base/id.h"
#include "base/rand.h"

enum { PHOTO_HASH_BYTES = 10 };

struct str picture_url(struct call *c, int64_t id, int pixels)
{
    struct buf b = buf_in(c->arena, c->base_url.n + 64);
    char text[ID_MAX];

    buf_str(&b, c->base_url);
    buf_str(&b, S("avatars/"));
    buf_put(&b, text, id_format(id, text));
    buf_char(&b, '-');
    buf_i64(&b, pixels);
    buf_str(&b, S(".png"));
    return buf_view(&b);
}

struct str picture_drawn_hash(struct arena *a, int64_t id)
{
    unsigned char hash[SHA256_BYTES];
    char text[ID_MAX];

    sha256(str_of(text, id_format(id, text)), hash);
    return ARENA_JOIN(a, S("g"), hex_of(a, hash, 6));
}

struct str photo_new_hash(struct arena *a)
{
    unsigned char bytes[PHOTO_HASH_BYTES];

    rand_bytes(bytes, sizeof(bytes));
    return hex_of(a, bytes, sizeof(bytes));
}

bool photo_is(const struct user_row *u)
{
    return u->avatar_hash.n == (size_t)PHOTO_HASH_BYTES * 2;
}

struct str photo_url(struct call *c, const struct user_row *u, struct str size)
{
    char id[ID_MAX];

    return arena_printf(c->arena, "%.*savatars/%.*s-%.*s-%.*s", STR_FMT(c->base_url), (int)id_format(u->id, id), id,
                        STR_FMT(u->avatar_hash), STR_FMT(size));
}

struct str person_picture_url(struct call *c, const struct user_row *u, int pixels)
{
    return photo_is(u) ? photo_url(c, u, arena_printf(c->arena, "%d", pixels)) : picture_url(c, u->id, pixels);
}
