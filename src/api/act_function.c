/* `function`: having a step of an app run.  The app hears an event; what comes of it comes later. */
#include "api/act.h"
#include "base/id.h"
#include "core/function.h"

static bool has_function(void *ctx, const struct manifest *m)
{
    return function_find(m, *(const struct str *)ctx) != NULL;
}

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct str callback_id = a->function, execution;
    struct function_app app;
    bool found;

    if (!a->function.n)
        return call_invalid(c, "missing required field: function");
    TRY(a->app.n ? app_here_open(c, id_parse_kind(a->app, "A"), &act->here, &found)
                 : app_here_find(c, has_function, &callback_id, &act->here, &found));
    if (!found)
        return a->app.n ? ERR_APP_NOT_FOUND : ERR_FUNCTION_NOT_FOUND;
    app = (struct function_app){act->here.app.id, act->here.bot.user_id, &act->here.manifest};
    TRY(function_run(c, &app, a->function, a->inputs, &execution));
    json_str(&c->out, S("function_execution_id"), execution);
    return OK;
}

const struct act_kind act_function = {.type = {"function", 8}, .begin = begin};
