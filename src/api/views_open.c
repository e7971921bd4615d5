/* views.open, views.push: modals for who did something with the app. */
#include "api/views.h"
#include "args_views.h"
#include "core/trigger.h"

enum err views_open_prepare(struct call *c, const struct views_open_args *a)
{
    return views_read(c, a->view);
}

enum err views_push_prepare(struct call *c, const struct views_push_args *a)
{
    return views_read(c, a->view);
}

static enum err take_trigger(struct call *c, struct str id, struct str pointer, struct trigger_row *out)
{
    enum trigger_state state;

    if (!id.n)
        id = pointer;
    if (!id.n)
        return views_bad_argument(c, "trigger_id");
    TRY(trigger_take(c, id, out, &state));
    switch (state) {
    case TRIGGER_TAKEN:
        return OK;
    case TRIGGER_EXPIRED:
        return ERR_EXPIRED_TRIGGER_ID;
    case TRIGGER_EXCHANGED:
        return ERR_EXCHANGED_TRIGGER_ID;
    default:
        return ERR_INVALID_TRIGGER_ID;
    }
}

static struct view_place place_of(const struct trigger_row *t)
{
    return (struct view_place){.team = t->team_id, .app = t->app_id, .user = t->user_id, .channel = t->channel_id};
}

enum err views_open(struct call *c, const struct views_open_args *a)
{
    struct trigger_row trigger;
    struct view_place place;
    struct view_row v;

    TRY(take_trigger(c, a->trigger_id, a->interactivity_pointer, &trigger));
    place = place_of(&trigger);
    TRY(view_open(c, c->prepared, &place, NULL, &v));
    return view_put(c, &c->out, S("view"), &v, false);
}

/* What the pushed one goes on: the stack in which the person did something, or else the one that was opened last. */
static enum err find_below(struct call *c, const struct trigger_row *t, struct view_row *out)
{
    struct view_row v;
    bool found = false;

    if (t->view_id)
        TRY(sql_view_get(c->db, c->arena, t->view_id, &v, &found));
    if (found && !v.is_home)
        TRY(sql_view_top(c->db, c->arena, v.root_id, out, &found));
    else
        TRY(sql_view_newest(c->db, c->arena, t->team_id, t->app_id, t->user_id, out, &found));
    return found ? OK : ERR_NOT_FOUND;
}

enum err views_push(struct call *c, const struct views_push_args *a)
{
    struct trigger_row trigger;
    struct view_place place;
    struct view_row below, v;

    TRY(take_trigger(c, a->trigger_id, a->interactivity_pointer, &trigger));
    place = place_of(&trigger);
    TRY(find_below(c, &trigger, &below));
    TRY(view_open(c, c->prepared, &place, &below, &v));
    return view_put(c, &c->out, S("view"), &v, false);
}
