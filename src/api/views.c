/* views.update, views.publish: views that are there, and Home tabs. */
#include "api/views.h"
#include "args_views.h"
#include "base/id.h"
#include "core/manifest.h"

enum err views_read(struct call *c, const struct json *view)
{
    c->prepared = ARENA_NEW(c->arena, struct view_draft);
    return view_read(c, view, c->prepared);
}

enum err views_update_prepare(struct call *c, const struct views_update_args *a)
{
    return views_read(c, a->view);
}

enum err views_publish_prepare(struct call *c, const struct views_publish_args *a)
{
    return views_read(c, a->view);
}

enum err views_bad_argument(struct call *c, const char *name)
{
    return call_invalid(c, "invalid `%s` [json-pointer:/%s]", name, name);
}

enum err views_update(struct call *c, const struct views_update_args *a)
{
    int64_t id = id_parse_kind(a->view_id, "V");
    struct view_row v;
    bool found = false;

    if (a->view_id.n && a->external_id.n)
        return call_invalid(c, "Cannot provide both `view_id` and `external_id`");
    if (!a->view_id.n && !a->external_id.n)
        return call_invalid(c, "missing required field: view_id");
    if (id)
        TRY(sql_view_get(c->db, c->arena, id, &v, &found));
    else if (a->external_id.n)
        TRY(sql_view_by_external(c->db, c->arena, c->team, c->who.app, a->external_id, &v, &found));
    if (!found || v.app_id != c->who.app || !c->who.app || (c->who.team && v.team_id != c->who.team))
        return ERR_NOT_FOUND;
    if (a->hash.n && !str_eq(a->hash, v.hash))
        return ERR_HASH_CONFLICT;
    TRY(view_change(c, c->prepared, &v));
    return view_put(c, &c->out, S("view"), &v, false);
}

/* Does the app have a Home tab? */
static enum err check_home_tab(struct call *c)
{
    struct manifest m;
    struct app_row app;
    bool found = false;

    if (c->who.app)
        TRY(sql_app_get(c->db, c->arena, c->who.app, &app, &found));
    return found && manifest_read(c->arena, app.manifest, &m) && m.home_tab ? OK : ERR_NOT_ENABLED;
}

enum err views_publish(struct call *c, const struct views_publish_args *a)
{
    struct view_place place = {.team = c->team, .app = c->who.app, .user = id_parse_kind(a->user_id, "UW")};
    struct user_row u;
    struct view_row v;
    bool found = false;

    TRY(check_home_tab(c));
    if (place.user)
        TRY(sql_user_in_team(c->db, c->arena, place.user, c->team, &u, &found));
    if (!found || !u.is_member || u.is_bot || u.deleted || u.member_deleted)
        return views_bad_argument(c, "user_id");
    TRY(view_publish(c, c->prepared, &place, a->hash, &v));
    return view_put(c, &c->out, S("view"), &v, false);
}
