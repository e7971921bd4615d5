#include "core/picture.h"

#include "base/id.h"

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
