#include "core/picture.h"

#include "base/id.h"

struct str picture_url(struct call *c, int64_t id, int pixels)
{
    char text[ID_MAX];

    return arena_printf(c->arena, "%.*savatars/%.*s-%d.png", STR_FMT(c->base_url), (int)id_format(id, text), text,
                        pixels);
}
