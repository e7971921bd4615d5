/* Shortcuts: of an app by itself, and of a message. */
#include "api/act_message.h"

struct wanted {
    struct str callback_id;
    bool is_message;
};

static bool has_shortcut(void *ctx, const struct manifest *m)
{
    const struct wanted *w = ctx;

    for (int i = 0; i < m->n_shortcuts; i++)
        if (m->shortcuts[i].is_message == w->is_message && str_eq(m->shortcuts[i].callback_id, w->callback_id))
            return true;
    return false;
}

static enum err open_app(struct call *c, const struct taut_act_args *a, struct act *act, bool is_message)
{
    struct wanted w = {.callback_id = a->callback_id, .is_message = is_message};
    bool found;

    if (!a->callback_id.n)
        return call_invalid(c, "missing required field: callback_id");
    TRY(act_find_app(c, act, a->app, has_shortcut, &w, &found));
    return found ? OK : ERR_UNKNOWN_CALLBACK_ID;
}

static enum err begin_global(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct act_payload p;

    TRY(open_app(c, a, act, false));
    TRY(act_trigger(c, act, 0));
    TRY(act_payload_open(c, act, &p));
    json_str(&p.o, S("callback_id"), a->callback_id);
    act_put_time(c, &p.o);
    return act_ask(c, act, &p);
}

static enum err begin_message(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct message_row *m;
    struct act_payload p;

    TRY(open_app(c, a, act, true));
    TRY(act_open_message(c, a, act, &m));
    if (act->place.ephemeral) /* nobody else's business, and gone soon */
        return ERR_MESSAGE_NOT_FOUND;
    TRY(act_trigger(c, act, 0));
    TRY(response_url_make(c, &act->here, &act->place, &act->response_url));
    TRY(act_payload_open(c, act, &p));
    json_str(&p.o, S("callback_id"), a->callback_id);
    act_put_time(c, &p.o);
    json_ts(&p.o, S("message_ts"), m->ts);
    json_str(&p.o, S("response_url"), act->response_url);
    TRY(act_put_message(c, act, &p.o, S("message"), m));
    return act_ask(c, act, &p);
}

const struct act_kind act_shortcut = {.type = {"shortcut", 8}, .begin = begin_global};
const struct act_kind act_message_action = {.type = {"message_action", 14}, .begin = begin_message};
