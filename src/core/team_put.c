#include "core/team_put.h"

#include "base/clock.h"
#include "core/picture.h"

const struct obj_team_icon *team_icon_of(struct call *c, const struct team_row *t)
{
    struct obj_team_icon *icon = ARENA_NEW(c->arena, struct obj_team_icon);

    *icon = (struct obj_team_icon){
        .image_34 = picture_url(c, t->id, 34),
        .image_44 = picture_url(c, t->id, 44),
        .image_68 = picture_url(c, t->id, 68),
        .image_88 = picture_url(c, t->id, 88),
        .image_102 = picture_url(c, t->id, 102),
        .image_132 = picture_url(c, t->id, 132),
        .image_230 = picture_url(c, t->id, 230),
        .image_default = MAYBE_YES,
    };
    return icon;
}

void team_put(struct call *c, struct json_out *o, struct str key, const struct team_row *t)
{
    struct obj_team v = {
        .id = t->id,
        .name = t->name,
        .url = c->base_url,
        .domain = t->domain,
        .email_domain = t->email_domain,
        .icon = team_icon_of(c, t),
    };

    if (!c->who.team) { /* as auth.test: a token of one workspace knows of no organization */
        v.enterprise_id = t->org_id;
        v.enterprise_name = t->org_name;
        v.enterprise_domain = t->org_domain;
    }

    put_team(o, key, &v);
}

static struct obj_icons bot_icons(struct call *c, const struct bot_row *b)
{
    return (struct obj_icons){
        .image_36 = picture_url(c, b->id, 36),
        .image_48 = picture_url(c, b->id, 48),
        .image_72 = picture_url(c, b->id, 72),
    };
}

void bot_put(struct call *c, struct json_out *o, struct str key, const struct bot_row *b)
{
    struct obj_icons icons = bot_icons(c, b);
    struct obj_bot v = {
        .id = b->id,
        .deleted = b->deleted != 0,
        .name = b->name,
        .updated = b->updated_us / US_PER_S,
        .app_id = b->app_id,
        .user_id = b->user_id,
        .icons = &icons,
    };

    put_bot(o, key, &v);
}

const struct obj_bot_profile *bot_profile_of(struct call *c, const struct bot_row *b)
{
    struct obj_bot_profile *v = ARENA_NEW(c->arena, struct obj_bot_profile);
    struct obj_icons *icons = ARENA_NEW(c->arena, struct obj_icons);

    *icons = bot_icons(c, b);
    *v = (struct obj_bot_profile){
        .id = b->id,
        .deleted = b->deleted != 0,
        .name = b->name,
        .updated = b->updated_us / US_PER_S,
        .app_id = b->app_id,
        .user_id = b->user_id,
        .icons = icons,
        .team_id = b->team_id,
    };
    return v;
}
