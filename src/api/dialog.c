/* dialog.open: a form for who did something with the app. */
#include "args_dialog.h"
#include "core/app_here.h"
#include "core/dialog.h"
#include "core/trigger.h"

enum err dialog_open_prepare(struct call *c, const struct dialog_open_args *a)
{
    c->prepared = ARENA_NEW(c->arena, struct str);
    return dialog_read(c, a->dialog, c->prepared);
}

/* Submissions need somewhere to go. */
static enum err check_app(struct call *c)
{
    struct app_here here;
    bool found = false;

    if (c->who.app)
        TRY(app_here_open(c, c->who.app, &here, &found));
    return found && (here.manifest.socket_mode || here.manifest.interactivity_url.n) ? OK : ERR_APP_MISSING_ACTION_URL;
}

enum err dialog_open(struct call *c, const struct dialog_open_args *a)
{
    const struct str *body = c->prepared;
    enum trigger_state state;
    struct trigger_row t;

    TRY(check_app(c));
    TRY(trigger_take(c, a->trigger_id, &t, &state));
    switch (state) {
    case TRIGGER_TAKEN:
        return dialog_show(c, &t, *body);
    case TRIGGER_EXPIRED:
        return ERR_TRIGGER_EXPIRED;
    case TRIGGER_EXCHANGED:
        return ERR_TRIGGER_EXCHANGED;
    default:
        return ERR_INVALID_TRIGGER;
    }
}
