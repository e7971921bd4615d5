/* Dialogs: what a person filled in is submitted, or the dialog is cancelled. */
#include "api/act_suggest.h"
#include "base/clock.h"
#include "core/dialog.h"
#include "core/put.h"

static enum err open_dialog(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct dialog_row *d = ARENA_NEW(c->arena, struct dialog_row);
    int64_t id = id_parse_kind(a->dialog_id, "Y");
    bool found = false;

    if (!a->dialog_id.n)
        return call_invalid(c, "missing required field: dialog_id");
    if (id)
        TRY(sql_dialog_get(c->db, c->arena, id, d, &found));
    if (!found || d->user_id != c->who.user || d->team_id != c->team)
        return ERR_DIALOG_NOT_FOUND;
    act->own = d;
    act->shown = true;
    act->place.channel_id = d->channel_id;
    return act_open_app(c, act, d->app_id);
}

static const struct json *body_of(struct call *c, const struct act *act)
{
    const struct dialog_row *d = act->own;

    return json_parse(c->arena, d->body, NULL);
}

/* The payload with what all about dialogs have. */
static enum err open_payload(struct call *c, struct act *act, struct act_payload *p)
{
    const struct json *body = body_of(c, act);
    struct channel_row *ch;

    TRY(act_payload_open(c, act, p));
    json_ts(&p->o, S("action_ts"), c->now_us);
    json_str(&p->o, S("callback_id"), json_get_str(body, S("callback_id")));
    json_str(&p->o, S("state"), json_get_str(body, S("state")));
    if (act->place.channel_id && channel_get(c, act->place.channel_id, &ch) == OK)
        act_put_channel(&p->o, ch);
    return OK;
}

/* The app may answer where the person was. */
static enum err ask(struct call *c, struct act *act, struct act_payload *p)
{
    if (act->place.channel_id) {
        TRY(response_url_make(c, &act->here, &act->place, &act->response_url));
        json_str(&p->o, S("response_url"), act->response_url);
    }
    return act_ask(c, act, p);
}

static enum err close_dialog(struct call *c, const struct act *act)
{
    const struct dialog_row *d = act->own;
    int64_t changed;

    return sql_dialog_remove(c->db, c->arena, d->id, &changed);
}

/* --- submitting ----------------------------------------------------------------------------------------------- */

static void put_error(struct json_out *o, struct str name, struct str text)
{
    json_key_text(o, name);
    json_str(o, S(""), text);
}

static enum err ask_submission(struct call *c, struct act *act, struct str submission)
{
    struct act_payload p;

    TRY(open_payload(c, act, &p));
    json_text(&p.o, S("submission"), submission);
    return ask(c, act, &p);
}

static enum err begin_submission(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct dialog_fault *faults;
    struct str submission;
    int n;

    TRY(open_dialog(c, a, act));
    TRY(dialog_take(c, body_of(c, act), a->submission, &submission, &faults, &n));
    if (!n)
        return ask_submission(c, act, submission);
    json_open(&c->out, S("errors"), '{');
    for (int i = 0; i < n; i++)
        put_error(&c->out, faults[i].name, str_c(faults[i].text));
    json_close(&c->out, '}');
    return OK;
}

/* [{"name", "error"}, …]: each of an element that the person sees. */
static enum err show_errors(struct call *c, const struct json *body, const struct json *errors)
{
    const struct json *e;

    if (errors->kind != JSON_ARRAY || errors->count == 0)
        return act_app_wrong(c, "its errors are no list");
    e = json_child(errors);
    json_open(&c->out, S("errors"), '{');
    for (uint32_t i = 0; i < errors->count; i++, e = json_next(e)) {
        struct str name = json_get_str(e, S("name"));
        if (!dialog_element(body, name) || !json_get_str(e, S("error")).n)
            return act_app_wrong(c, "there is no element, or no error with it: '%.*s'", STR_FMT(name));
        put_error(&c->out, name, json_get_str(e, S("error")));
    }
    json_close(&c->out, '}');
    return OK;
}

static enum err end_submission(struct call *c, const struct taut_act_args *a, struct act *act,
                               const struct app_answer *answer)
{
    const struct json *errors = json_get(act_answer_json(c, answer), S("errors"));

    (void)a;
    return errors ? show_errors(c, body_of(c, act), errors) : close_dialog(c, act);
}

const struct act_kind act_dialog_submission = {
    .type = {"dialog_submission", 17}, .begin = begin_submission, .end = end_submission};

/* --- cancelling ----------------------------------------------------------------------------------------------- */

static enum err begin_cancellation(struct call *c, const struct taut_act_args *a, struct act *act)
{
    const struct json *notify;
    struct act_payload p;

    TRY(open_dialog(c, a, act));
    TRY(close_dialog(c, act));
    notify = json_get(body_of(c, act), S("notify_on_cancel"));
    if (!notify || notify->kind != JSON_TRUE)
        return OK;
    TRY(open_payload(c, act, &p));
    return ask(c, act, &p);
}

const struct act_kind act_dialog_cancellation = {
    .type = {"dialog_cancellation", 19}, .begin = begin_cancellation, .tells = true};

/* --- options -------------------------------------------------------------------------------------------------- */

static enum err begin_suggestion(struct call *c, const struct taut_act_args *a, struct act *act)
{
    const struct json *e;
    struct act_payload p;

    TRY(open_dialog(c, a, act));
    e = dialog_element(body_of(c, act), a->name);
    if (!e || !str_eq(json_get_str(e, S("data_source")), S("external")))
        return ERR_UNKNOWN_ACTION;
    if (act_query_is_short(e, a->value)) {
        act_put_no_options(c);
        return OK;
    }
    TRY(open_payload(c, act, &p));
    json_str(&p.o, S("name"), a->name);
    json_str(&p.o, S("value"), a->value);
    return act_ask_options(c, act, &p);
}

static enum err end_suggestion(struct call *c, const struct taut_act_args *a, struct act *act,
                               const struct app_answer *answer)
{
    const struct json *json = act_answer_json(c, answer), *options = json_get(json, S("options"));
    const struct json *groups = json_get(json, S("option_groups"));

    (void)a;
    (void)act;
    if (groups ? !dialog_groups_fit(groups) : !dialog_options_fit(options))
        return act_app_wrong(c, "it has no options");
    json_text(&c->out, groups ? S("option_groups") : S("options"), json_raw(groups ? groups : options));
    return OK;
}

const struct act_kind act_dialog_suggestion = {
    .type = {"dialog_suggestion", 17}, .begin = begin_suggestion, .end = end_suggestion};
