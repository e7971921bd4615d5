/* A person opens an app's Home tab, or its messages. */
#include "api/act.h"

#include "core/put.h"
#include "core/view.h"
#include "events.h"

/* The im with its bot; the app's pages are there. */
static enum err open_im(struct call *c, const struct act *act, struct channel_row **im)
{
    bool created;

    if (!act->here.bot.id)
        return ERR_NOT_ENABLED;
    return channel_open_people(c, &act->here.bot.user_id, 1, true, im, &created);
}

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    bool home = !a->tab.n || str_eq(a->tab, S("home")), has_view = false;
    struct buf b = buf_in(c->arena, VIEW_SHOWN_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct channel_row *im;
    struct view_row v;

    if (!a->app.n)
        return call_invalid(c, "missing required field: app");
    TRY(act_open_app(c, act, id_parse_kind(a->app, "A")));
    if (home ? !act->here.manifest.home_tab : !act->here.manifest.messages_tab)
        return ERR_NOT_ENABLED;
    TRY(open_im(c, act, &im));
    if (home)
        TRY(sql_view_home(c->db, c->arena, c->team, act->here.app.id, c->who.user, &v, &has_view));
    if (has_view)
        TRY(view_put(c, &o, S(""), &v, true));
    if (b.over)
        return ERR_INTERNAL_ERROR;
    emit_app_home_opened(c, &(struct ev_app_home_opened){.to = act->here.app.id,
                                                         .user = c->who.user,
                                                         .channel = im->id,
                                                         .tab = home ? S("home") : S("messages"),
                                                         .view = buf_view(&b)});
    put_id(&c->out, S("channel"), im->id);
    return has_view ? view_put(c, &c->out, S("view"), &v, false) : OK;
}

const struct act_kind act_app_home = {.type = {"app_home", 8}, .begin = begin};
