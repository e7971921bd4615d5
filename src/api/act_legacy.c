/* Buttons and menus of attachments: interactive messages of old.  What the app answers takes the message's place. */
#include "api/act_message.h"
#include "api/act_press.h"

struct pressed {
    const struct json *attachment, *action; /* as stored */
    const struct json *given;               /* name, and value or selected_options */
};

/* --- finding -------------------------------------------------------------------------------------------------- */

static struct str chosen_value(const struct json *given)
{
    const struct json *options = json_get(given, S("selected_options"));

    return options && options->kind == JSON_ARRAY && options->count ? json_get_str(json_child(options), S("value"))
                                                                    : S("");
}

static bool is_button(const struct json *action)
{
    return str_eq(json_get_str(action, S("type")), S("button"));
}

/* Buttons of one name are told apart by their values. */
static bool is_same(const struct json *action, const struct json *given)
{
    if (!str_eq(json_get_str(action, S("name")), json_get_str(given, S("name"))))
        return false;
    return !is_button(action) || str_eq(json_get_str(action, S("value")), json_get_str(given, S("value")));
}

static enum err find(struct call *c, const struct taut_act_args *a, const struct message_row *m, struct pressed *out)
{
    const struct json *actions, *item;

    TRY(press_read(c, a->actions, &out->given));
    out->attachment = act_attachment(c, m, a->has_attachment_id ? a->attachment_id : 1);
    actions = json_get(out->attachment, S("actions"));
    item = actions ? json_child(actions) : NULL;
    for (uint32_t i = 0; actions && i < actions->count; i++, item = json_next(item))
        if (is_same(item, out->given)) {
            out->action = item;
            return OK;
        }
    return ERR_UNKNOWN_ACTION;
}

/* Of a menu whose options its message has, one of these; people and conversations as far as the caller sees them. */
static enum err check_choice(struct call *c, const struct pressed *p)
{
    struct str source = json_get_str(p->action, S("data_source")), value = chosen_value(p->given);
    const char *fault = NULL;

    if (str_eq(source, S("users")))
        fault = block_value_check_user(c, value);
    else if (str_eq(source, S("channels")) || str_eq(source, S("conversations")))
        fault = block_value_check_channel(c, value);
    else if (!str_eq(source, S("external")) && !block_value_find_option(p->action, value))
        fault = "There is no such option";
    if (!fault && value.n)
        return OK;
    c->error_detail = fault ? arena_dup(c->arena, str_c(fault)) : S("Nothing is chosen");
    return ERR_INVALID_VALUE;
}

/* --- what the app gets ---------------------------------------------------------------------------------------- */

static enum err put_action(struct call *c, struct json_out *o, const struct pressed *p)
{
    json_open(o, S("actions"), '[');
    json_open(o, S(""), '{');
    json_str(o, S("name"), json_get_str(p->action, S("name")));
    json_str(o, S("type"), json_get_str(p->action, S("type")));
    if (is_button(p->action)) {
        json_str(o, S("value"), json_get_str(p->action, S("value")));
    } else {
        TRY(check_choice(c, p));
        json_open(o, S("selected_options"), '[');
        json_open(o, S(""), '{');
        json_str(o, S("value"), chosen_value(p->given));
        json_close(o, '}');
        json_close(o, ']');
    }
    json_close(o, '}');
    json_close(o, ']');
    return OK;
}

static enum err put_payload(struct call *c, struct act *act, const struct message_row *m, const struct pressed *pressed,
                            struct act_payload *p)
{
    const struct json *unfurl = json_get(pressed->attachment, S("is_app_unfurl"));

    TRY(act_payload_open(c, act, p));
    TRY(put_action(c, &p->o, pressed));
    json_str(&p->o, S("callback_id"), json_get_str(pressed->attachment, S("callback_id")));
    act_put_time(c, &p->o);
    json_ts(&p->o, S("message_ts"), m->ts);
    json_str(&p->o, S("attachment_id"), json_raw(json_get(pressed->attachment, S("id"))));
    json_bool(&p->o, S("is_app_unfurl"), unfurl && unfurl->kind == JSON_TRUE);
    json_str(&p->o, S("response_url"), act->response_url);
    return act_put_message(c, act, &p->o, S("original_message"), m);
}

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct pressed pressed = {0};
    struct act_payload p;
    struct message_row *m;

    TRY(act_open_message(c, a, act, &m));
    TRY(find(c, a, m, &pressed));
    TRY(act_open_app(c, act, act_app_of(m, pressed.attachment)));
    act->place.replaces = RESPONSE_IN_PLACE;
    TRY(act_press_counts(c, act));
    TRY(act_trigger(c, act, 0));
    TRY(response_url_make(c, &act->here, &act->place, &act->response_url));
    TRY(put_payload(c, act, m, &pressed, &p));
    return act_ask(c, act, &p);
}

static enum err end(struct call *c, const struct taut_act_args *a, struct act *act, const struct app_answer *answer)
{
    const struct json *body = act_answer_json(c, answer);
    struct response_in in = {0};

    (void)a;
    if (body)
        response_of_json(body, &in);
    else
        in.content.text = str_trim(answer->body);
    return act_respond(c, act, &in);
}

const struct act_kind act_interactive_message = {.type = {"interactive_message", 19}, .begin = begin, .end = end};
