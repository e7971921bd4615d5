#include "core/user_put.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "core/channel.h"
#include "core/picture.h"
#include "objects.h"
#include "settings.h"

enum { OBJECT_MAX_BYTES = 1 << 20 };

bool user_has_status(const struct call *c, const struct user_row *u)
{
    return u->status_expiration_us == 0 || u->status_expiration_us > c->now_us;
}

enum err user_open(struct call *c, struct str id, struct user_row **out)
{
    struct user_row *u = ARENA_NEW(c->arena, struct user_row);
    int64_t user = id.n ? id_parse_kind(id, "UW") : c->who.user;
    bool found;

    TRY(sql_user_in_team(c->db, c->arena, user, c->team, u, &found));
    /* A token of the organization meets everybody in it, each as what they are at home. */
    if (found && !u->is_member && !c->who.team && u->org_id == c->who.org)
        TRY(sql_user_in_team(c->db, c->arena, user, u->team_id, u, &found));
    if (!user || !found || !u->is_member)
        return ERR_USER_NOT_FOUND;
    *out = u;
    return OK;
}

static struct obj_user_profile profile_of(struct call *c, const struct user_row *u, bool email)
{
    bool status = user_has_status(c, u), photo = photo_is(u);

    return (struct obj_user_profile){
        .title = u->title,
        .phone = u->phone,
        .skype = u->skype,
        .real_name = u->real_name,
        .real_name_normalized = u->real_name,
        .display_name = u->display_name,
        .display_name_normalized = u->display_name,
        .fields = u->fields,
        .status_text = status ? u->status_text : S(""),
        .status_emoji = status ? u->status_emoji : S(""),
        .status_emoji_display_info = S("[]"),
        .status_expiration = status ? u->status_expiration_us / US_PER_S : 0,
        .avatar_hash = u->avatar_hash,
        .api_app_id = u->app_id,
        .bot_id = u->bot_id,
        .always_active = u->is_bot ? MAYBE_YES : MAYBE_UNSET,
        .email = email ? u->email : S(""),
        .first_name = u->first_name,
        .last_name = u->last_name,
        .pronouns = u->pronouns,
        .image_24 = person_picture_url(c, u, 24),
        .image_32 = person_picture_url(c, u, 32),
        .image_48 = person_picture_url(c, u, 48),
        .image_72 = person_picture_url(c, u, 72),
        .image_192 = person_picture_url(c, u, 192),
        .image_512 = person_picture_url(c, u, 512),
        .image_1024 = photo ? person_picture_url(c, u, PHOTO_PIXELS_MAX) : S(""),
        .image_original = photo ? photo_url(c, u, PHOTO_WHOLE) : S(""),
        .is_custom_image = photo ? MAYBE_YES : MAYBE_UNSET,
        .team = u->team_id ? u->team_id : c->team, /* USLACKBOT is at home everywhere */
    };
}

static bool sees_email(const struct call *c)
{
    const struct settings *s = c->settings;

    return scope_has(&c->who, SCOPE_USERS_READ_EMAIL) && !(s && str_eq(s->email_display, S("off")));
}

void profile_put(struct call *c, struct json_out *o, struct str key, const struct user_row *u)
{
    struct obj_user_profile p = profile_of(c, u, sees_email(c));

    put_user_profile(o, key, &p);
}

/* The fields of a profile with what they are called; those that the workspace does not define are called nothing. */
static enum err label_fields(struct call *c, struct str fields, struct str *out)
{
    const struct json *map = fields.n ? json_parse(c->arena, fields, NULL) : NULL, *key;
    struct buf b = buf_in(c->arena, OBJECT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct profile_field_row *rows;
    int n;

    *out = fields;
    if (!map)
        return OK;
    TRY(sql_profile_fields(c->db, c->arena, c->team, &rows, &n));
    json_open(&o, S(""), '{');
    key = json_child(map);
    for (uint32_t i = 0; i < map->count; i++, key = json_next(json_next(key))) {
        struct str label = S("");
        for (int j = 0; j < n; j++)
            if (str_eq(rows[j].id, key->text))
                label = rows[j].label;
        json_key_text(&o, key->text);
        json_open(&o, S(""), '{');
        json_str(&o, S("value"), json_get_str(json_next(key), S("value")));
        json_str(&o, S("alt"), json_get_str(json_next(key), S("alt")));
        json_str(&o, S("label"), label);
        json_close(&o, '}');
    }
    json_close(&o, '}');
    *out = buf_view(&b);
    return OK;
}

enum err profile_put_labelled(struct call *c, struct json_out *o, struct str key, const struct user_row *u)
{
    struct obj_user_profile p = profile_of(c, u, sees_email(c));

    TRY(label_fields(c, u->fields, &p.fields));
    put_user_profile(o, key, &p);
    return OK;
}

void user_put(struct call *c, struct json_out *o, struct str key, const struct user_row *u,
              const struct user_view *view)
{
    struct obj_user_profile profile = profile_of(c, u, !view->for_all && sees_email(c));
    bool deleted = u->deleted || u->member_deleted;
    struct obj_user v = {
        .id = u->id,
        .team_id = u->team_id ? u->team_id : c->team,
        .name = u->name,
        .deleted = deleted,
        .color = u->color,
        .real_name = u->real_name,
        .tz = u->tz,
        .tz_label = u->tz_label,
        .tz_offset = zone_offset_s(zone_find(u->tz), c->now_us / US_PER_S),
        .profile = &profile,
        .is_admin = u->role >= ROLE_ADMIN,
        .is_owner = u->role >= ROLE_OWNER,
        .is_primary_owner = u->role >= ROLE_PRIMARY_OWNER,
        .is_restricted = u->guest != GUEST_NONE,
        .is_ultra_restricted = u->guest == GUEST_SINGLE,
        .is_bot = u->is_bot && u->id != slackbot_id(), /* Slack's own voice never was one to clients */
        .is_app_user = false,
        .updated = u->updated_us / US_PER_S,
        .is_email_confirmed = u->is_bot ? MAYBE_UNSET : MAYBE_NO,
        .has_2fa = u->id == c->who.user || c->who.role >= ROLE_ADMIN ? MAYBE_NO : MAYBE_UNSET,
        .presence = view->presence ? user_presence(c, u) : S(""),
        .locale = view->locale ? u->locale : S(""),
    };

    put_user(o, key, &v);
}

struct live_presence user_live(const struct call *c, const struct user_row *u)
{
    return c->live ? c->live->presence(c->live->ctx, u->id) : (struct live_presence){0};
}

/* Who opens real-time connections is active while there is one.  Of who never opened any nothing is known: such a
 * person is active unless it said otherwise. */
struct str user_presence(const struct call *c, const struct user_row *u)
{
    struct live_presence live = user_live(c, u);
    bool here = u->id == slackbot_id() || (live.connections > 0 && !live.idle);

    return here && !u->away && !u->deleted && !u->member_deleted ? S("active") : S("away");
}

struct str user_json(struct call *c, const struct user_row *u)
{
    struct user_view view = {.locale = true, .for_all = true};
    struct buf b = buf_in(c->arena, OBJECT_MAX_BYTES);
    struct json_out o = {.b = &b};

    user_put(c, &o, S(""), u, &view);
    return buf_view(&b);
}
