#include "api/act.h"

#include "base/utf8.h"
#include "core/put.h"
#include "core/trigger.h"

enum {
    FAULT_MAX_BYTES = 200,
    PAYLOAD_MAX_BYTES = 8 << 20
}; /* what goes in is bounded: a message, or a view and its state */

static const struct act_kind *const kinds[] = {
    &act_app_home,   &act_assistant_context, &act_assistant_thread,  &act_block_actions,
    &act_command,    &act_block_suggestion,  &act_dialog_submission, &act_dialog_cancellation,
    &act_function,   &act_dialog_suggestion, &act_message_action,    &act_interactive_message,
    &act_permission, &act_shortcut,          &act_view_closed,       &act_view_submission,
};

/* --- what kinds share ----------------------------------------------------------------------------------------- */

enum err act_open_app(struct call *c, struct act *act, int64_t app)
{
    bool found;

    TRY(app_here_open(c, app, &act->here, &found));
    return found ? OK : ERR_APP_NOT_FOUND;
}

static bool may_have_commands(const struct app_here *here)
{
    struct actor who = {0};

    memcpy(who.scopes, here->scopes, sizeof(who.scopes));
    return scope_has(&who, SCOPE_COMMANDS) || scope_has(&who, SCOPE_BOT);
}

enum err act_find_app(struct call *c, struct act *act, struct str app,
                      bool (*wanted)(void *ctx, const struct manifest *m), void *ctx, bool *found)
{
    if (app.n)
        TRY(app_here_open(c, id_parse_kind(app, "A"), &act->here, found));
    else
        TRY(app_here_find(c, wanted, ctx, &act->here, found));
    *found = *found && may_have_commands(&act->here) && wanted(ctx, &act->here.manifest);
    return OK;
}

enum err act_trigger(struct call *c, struct act *act, int64_t view)
{
    return trigger_make(c,
                        &(struct trigger_new){
                            .app = act->here.app.id,
                            .user = c->who.user,
                            .kind = act->kind->type,
                            .view = view,
                            .channel = act->place.channel_id,
                        },
                        &act->trigger_id);
}

static enum err put_team(struct call *c, struct json_out *o)
{
    struct team_row team;
    bool found;

    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    if (!found)
        return ERR_INTERNAL_ERROR;
    json_open(o, S("team"), '{');
    put_id(o, S("id"), team.id);
    json_str(o, S("domain"), team.domain);
    json_close(o, '}');
    return OK;
}

static void put_user(const struct call *c, struct json_out *o)
{
    json_open(o, S("user"), '{');
    put_id(o, S("id"), c->who.user);
    json_str(o, S("username"), c->who.user_name);
    json_str(o, S("name"), c->who.user_name);
    put_id(o, S("team_id"), c->team);
    json_close(o, '}');
}

enum err act_payload_open(struct call *c, struct act *act, struct act_payload *p)
{
    p->b = buf_in(c->arena, PAYLOAD_MAX_BYTES);
    p->o = (struct json_out){.b = &p->b};
    json_open(&p->o, S(""), '{');
    json_str(&p->o, S("type"), act->kind->type);
    TRY(put_team(c, &p->o));
    put_user(c, &p->o);
    put_id(&p->o, S("api_app_id"), act->here.app.id);
    json_null(&p->o, S("enterprise"));
    json_bool(&p->o, S("is_enterprise_install"), false);
    if (act->trigger_id.n)
        json_str(&p->o, S("trigger_id"), act->trigger_id);
    return OK;
}

struct str act_channel_name(const struct channel_row *ch)
{
    if (ch->kind == CHANNEL_IM)
        return S("directmessage");
    return ch->kind == CHANNEL_PRIVATE ? S("privategroup") : ch->name;
}

void act_put_channel(struct json_out *o, const struct channel_row *ch)
{
    json_open(o, S("channel"), '{');
    put_id(o, S("id"), ch->id);
    json_str(o, S("name"), act_channel_name(ch));
    json_close(o, '}');
}

enum err act_ask_at(struct call *c, const struct act *act, struct act_payload *p, enum ask_form form, struct str url)
{
    json_close(&p->o, '}');
    if (p->b.over)
        return ERR_INTERNAL_ERROR;
    if (!act->here.manifest.socket_mode && !url.n) /* who only tells has told nobody */
        return act->kind->tells ? OK : ERR_APP_MISSING_ACTION_URL;
    c->ask = app_here_ask(c, &act->here, form, url);
    c->ask->payload = buf_view(&p->b);
    return OK;
}

enum err act_ask(struct call *c, const struct act *act, struct act_payload *p)
{
    return act_ask_at(c, act, p, ASK_INTERACTION, act->here.manifest.interactivity_url);
}

/* --- the answer ----------------------------------------------------------------------------------------------- */

const struct json *act_answer_json(struct call *c, const struct app_answer *answer)
{
    const struct json *json = json_parse(c->arena, str_trim(answer->body), NULL);

    return json && json->kind == JSON_OBJECT ? json : NULL;
}

enum err act_app_fault(struct call *c, enum err e)
{
    if (e == OK || err_shared(e))
        return e;
    return act_app_wrong(c, "%s", err_name(e));
}

enum err act_app_wrong(struct call *c, const char *fmt, ...)
{
    struct str text;
    va_list args;

    va_start(args, fmt);
    text = utf8_vprintf(c->arena, FAULT_MAX_BYTES, fmt, args);
    va_end(args);
    c->error_detail = ARENA_JOIN(c->arena, S("the app's answer cannot be shown: "), text);
    return ERR_DISPATCH_UNKNOWN_ERROR;
}

static enum err put_shown(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    struct message_view view;

    put_id(&c->out, S("channel"), m->channel_id);
    json_ts(&c->out, S("message_ts"), m->ts);
    TRY(message_view_open(c, ch, m, 1, &view));
    return message_put(&view, S("message"), m);
}

enum err act_respond(struct call *c, struct act *act, const struct response_in *in)
{
    struct message_row *m;

    TRY(act_app_fault(c, response_do(c, c->channel, &act->here, &act->place, in, &m)));
    return m ? put_shown(c, c->channel, m) : OK;
}

/* Why the app did not answer, as Slack's clients say it. */
static enum err check_answer(struct call *c, const struct app_answer *answer)
{
    if (answer->outcome == APP_LATE)
        return ERR_OPERATION_TIMEOUT;
    if (answer->outcome == APP_ANSWERED && answer->status / 100 == 2)
        return OK;
    c->error_detail = answer->trouble;
    return ERR_DISPATCH_FAILED;
}

/* --- the method ----------------------------------------------------------------------------------------------- */

static const struct act_kind *find_kind(struct str type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(kinds[i]->type, type))
            return kinds[i];
    return NULL;
}

enum err taut_act(struct call *c, const struct taut_act_args *a)
{
    struct act *act = ARENA_NEW(c->arena, struct act);

    act->kind = find_kind(a->type);
    if (!act->kind)
        return ERR_INTERNAL_ERROR;
    if (c->channel)
        act->place.channel_id = c->channel->id;
    act->begun_us = c->now_us;
    c->prepared = act;
    return act->kind->begin(c, a, act);
}

enum err taut_act_answer(struct call *c, const struct taut_act_args *a, const struct app_answer *answer)
{
    struct act *act = c->prepared;

    if (!act->kind->tells) {
        TRY(check_answer(c, answer));
        if (act->kind->end)
            TRY(act->kind->end(c, a, act, answer));
    }
    return act->shown ? OK : act_put_top(c, act);
}
