/* Modals: what a person filled in is submitted, or the modal is closed. */
#include "api/act_view.h"

#include "core/dialog.h"
#include "core/put.h"
#include "objects.h"

/* --- which view ----------------------------------------------------------------------------------------------- */

enum err act_open_view(struct call *c, struct act *act, struct str id, struct view_row *v)
{
    int64_t view = id_parse_kind(id, "V");
    struct view_row top;
    bool found = false;

    if (view)
        TRY(sql_view_get(c->db, c->arena, view, v, &found));
    if (!found || v->user_id != c->who.user || v->team_id != c->team)
        return ERR_VIEW_NOT_FOUND;
    if (v->is_home)
        return act_open_app(c, act, v->app_id);
    act->stack = v->root_id;
    TRY(sql_view_top(c->db, c->arena, v->root_id, &top, &found));
    return found && top.id == v->id ? act_open_app(c, act, v->app_id) : ERR_VIEW_NOT_FOUND;
}

static enum err open_modal(struct call *c, struct act *act, struct str id, struct view_row *v)
{
    if (!id.n)
        return call_invalid(c, "missing required field: view_id");
    TRY(act_open_view(c, act, id, v));
    return v->is_home ? ERR_VIEW_NOT_FOUND : OK;
}

void act_put_view_container(struct json_out *o, const struct view_row *v)
{
    json_open(o, S("container"), '{');
    json_str(o, S("type"), S("view"));
    put_id(o, S("view_id"), v->id);
    json_close(o, '}');
}

const struct json *act_values(const struct taut_act_args *a)
{
    const struct json *values = json_get(a->state, S("values"));

    return values ? values : a->state;
}

/* --- what the person sees then -------------------------------------------------------------------------------- */

static enum err put_new_dialog(struct call *c, struct act *act)
{
    struct dialog_row *rows;
    int n;

    TRY(sql_dialogs_of_user(c->db, c->arena, c->team, c->who.user, act->here.app.id, &rows, &n));
    return n && rows[0].created_us >= act->begun_us ? dialog_put(c, &c->out, S("dialog"), &rows[0]) : OK;
}

enum err act_put_top(struct call *c, struct act *act)
{
    struct view_row v;
    bool found = false;

    if (!act->here.app.id)
        return OK;
    if (act->stack)
        TRY(sql_view_top(c->db, c->arena, act->stack, &v, &found));
    if (!found) {
        TRY(sql_view_newest(c->db, c->arena, c->team, act->here.app.id, c->who.user, &v, &found));
        found = found && v.created_us >= act->begun_us;
    }
    if (found)
        TRY(view_put(c, &c->out, S("view"), &v, false));
    return put_new_dialog(c, act);
}

/* --- submitting ----------------------------------------------------------------------------------------------- */

/* What is chosen in a select of conversations; empty when nothing is. */
static struct str chosen(const struct json *state, const struct view_input *in)
{
    return json_get_str(json_get(json_get(state, in->block_id), in->action_id), in->kind->key);
}

/* Addresses for answers in the conversations that the person chose, where the app asked for that. */
static enum err put_response_urls(struct call *c, struct act *act, struct json_out *o, const struct view_row *v)
{
    const struct json *state = json_parse(c->arena, v->state, NULL);
    struct view_input *inputs;
    int n = view_inputs(c->arena, view_blocks(c->arena, v), &inputs);

    json_open(o, S("response_urls"), '[');
    for (int i = 0; i < n; i++) {
        const struct json *enabled = json_get(inputs[i].element, S("response_url_enabled"));
        struct response_url_row place = {.channel_id = id_parse_kind(chosen(state, &inputs[i]), "CDG")};
        struct str url;

        if (!enabled || enabled->kind != JSON_TRUE || !place.channel_id)
            continue;
        TRY(response_url_make(c, &act->here, &place, &url));
        json_open(o, S(""), '{');
        json_str(o, S("block_id"), inputs[i].block_id);
        json_str(o, S("action_id"), inputs[i].action_id);
        put_id(o, S("channel_id"), place.channel_id);
        json_str(o, S("response_url"), url);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

static enum err ask_submission(struct call *c, struct act *act, const struct view_row *v)
{
    struct act_payload p;

    TRY(act_trigger(c, act, v->id));
    TRY(act_payload_open(c, act, &p));
    TRY(view_put(c, &p.o, S("view"), v, true));
    TRY(put_response_urls(c, act, &p.o, v));
    return act_ask(c, act, &p);
}

static void say(struct call *c, const char *action)
{
    json_str(&c->out, S("response_action"), str_c(action));
}

static enum err begin_submission(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct view_row *v = ARENA_NEW(c->arena, struct view_row);
    struct view_faults faults;
    struct str state;

    act->own = v;
    TRY(open_modal(c, act, a->view_id, v));
    if (!view_field(c->arena, v, S("submit")))
        return call_invalid(c, "the view has nothing that submits it");
    TRY(view_state_take(c, view_blocks(c->arena, v), v->state, act_values(a), true, &state, &faults));
    TRY(view_fill(c, v, state));
    if (!faults.n)
        return ask_submission(c, act, v);
    say(c, "errors");
    view_faults_put(&c->out, S("errors"), &faults);
    return act_put_top(c, act);
}

/* --- what the app says to it ---------------------------------------------------------------------------------- */

static bool has_block(const struct json *blocks, struct str id)
{
    const struct json *b = json_child(blocks);

    for (uint32_t i = 0; i < blocks->count; i++, b = json_next(b))
        if (str_eq(json_get_str(b, S("block_id")), id) && str_eq(json_get_str(b, S("type")), S("input")))
            return true;
    return false;
}

/* {block_id: text}: each of an input that the person sees. */
static enum err show_errors(struct call *c, const struct view_row *v, const struct json *errors)
{
    const struct json *blocks = view_blocks(c->arena, v), *id;

    if (!errors || errors->kind != JSON_OBJECT || errors->count == 0)
        return act_app_wrong(c, "it names no errors");
    id = json_child(errors);
    for (uint32_t i = 0; i < errors->count; i++, id = json_next(json_next(id)))
        if (!has_block(blocks, id->text) || json_next(id)->kind != JSON_STRING)
            return act_app_wrong(c, "there is no input block '%.*s'", STR_FMT(id->text));
    say(c, "errors");
    json_text(&c->out, S("errors"), json_raw(errors));
    return OK;
}

/* The arguments that are invalid are those of the app's view. */
static enum err view_fault(struct call *c, enum err e)
{
    return e == ERR_INVALID_ARGUMENTS ? act_app_wrong(c, "%s", err_name(e)) : act_app_fault(c, e);
}

/* On what lies uppermost now: the app may have pushed another one while it was asked. */
static enum err push_view(struct call *c, const struct view_draft *draft, const struct view_row *v)
{
    struct view_place place = {.team = v->team_id, .app = v->app_id, .user = v->user_id, .channel = v->channel_id};
    struct view_row top, pushed;
    bool found;

    TRY(sql_view_top(c->db, c->arena, v->root_id, &top, &found));
    return view_open(c, draft, &place, found ? &top : v, &pushed);
}

static enum err show_view(struct call *c, const struct json *answer, struct view_row *v, bool push)
{
    struct view_draft draft;

    TRY(view_fault(c, view_read(c, json_get(answer, S("view")), &draft)));
    say(c, push ? "push" : "update");
    return view_fault(c, push ? push_view(c, &draft, v) : view_change(c, &draft, v));
}

static enum err end_submission(struct call *c, const struct taut_act_args *a, struct act *act,
                               const struct app_answer *answer)
{
    const struct json *json = act_answer_json(c, answer);
    struct str action = json_get_str(json, S("response_action"));
    struct view_row *v = act->own;
    bool found;

    (void)a;
    TRY(sql_view_get(c->db, c->arena, v->id, v, &found)); /* the app may have changed it meanwhile */
    if (!found)
        return OK;
    if (str_eq(action, S("errors")))
        return show_errors(c, v, json_get(json, S("errors")));
    if (str_eq(action, S("update")) || str_eq(action, S("push")))
        return show_view(c, json, v, str_eq(action, S("push")));
    if (action.n && !str_eq(action, S("clear")))
        return act_app_wrong(c, "it has no response_action '%.*s'", STR_FMT(action));
    if (action.n)
        say(c, "clear");
    return view_close(c, v, action.n > 0);
}

const struct act_kind act_view_submission = {
    .type = {"view_submission", 15}, .begin = begin_submission, .end = end_submission};

/* --- closing -------------------------------------------------------------------------------------------------- */

/* The uppermost view of what is closed whose app wants to know. */
static const struct view_row *who_is_told(struct call *c, const struct view_row *stack, int n, bool whole)
{
    for (int i = 0; i < (whole ? n : 1); i++)
        if (view_flag(c->arena, &stack[i], S("notify_on_close")))
            return &stack[i];
    return NULL;
}

static enum err tell_closed(struct call *c, struct act *act, const struct view_row *v, bool cleared)
{
    struct act_payload p;

    TRY(act_payload_open(c, act, &p));
    TRY(view_put(c, &p.o, S("view"), v, true));
    json_bool(&p.o, S("is_cleared"), cleared);
    return act_ask(c, act, &p);
}

static enum err begin_closed(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct view_row v, *stack;
    const struct view_row *told;
    bool cleared;
    int n;

    TRY(open_modal(c, act, a->view_id, &v));
    cleared = a->is_cleared || view_flag(c->arena, &v, S("clear_on_close"));
    TRY(sql_view_stack(c->db, c->arena, v.root_id, &stack, &n));
    TRY(view_close(c, &v, cleared));
    told = who_is_told(c, stack, n, cleared);
    if (told)
        TRY(tell_closed(c, act, told, cleared));
    return c->ask ? OK : act_put_top(c, act);
}

const struct act_kind act_view_closed = {.type = {"view_closed", 11}, .begin = begin_closed, .tells = true};
