/* Slash commands: typed by a person, run by the app that has them in its manifest. */
#include "api/act.h"

#include "core/mrkdwn.h"
#include "core/put.h"

enum { COMMAND_MAX_BYTES = 1 << 20, TYPED_MAX_CHARS = 4000 };

/* --- which app ------------------------------------------------------------------------------------------------ */

static bool same_command(struct str a, struct str b)
{
    a = str_starts(a, S("/")) ? str_skip(a, 1) : a;
    b = str_starts(b, S("/")) ? str_skip(b, 1) : b;
    return a.n && str_eq_nocase(a, b);
}

/* The manifest's entry; NULL when it has no such command. */
static const struct manifest_command *find_command(const struct manifest *m, struct str command)
{
    for (int i = 0; i < m->n_commands; i++)
        if (same_command(m->commands[i].command, command))
            return &m->commands[i];
    return NULL;
}

static bool has_command(void *ctx, const struct manifest *m)
{
    return find_command(m, *(const struct str *)ctx) != NULL;
}

static enum err open_app(struct call *c, const struct taut_act_args *a, struct act *act,
                         const struct manifest_command **entry)
{
    struct str command = a->command;
    bool found;

    TRY(act_find_app(c, act, a->app, has_command, &command, &found));
    if (!found)
        return ERR_UNKNOWN_COMMAND;
    *entry = find_command(&act->here.manifest, command);
    return OK;
}

/* --- what it gets --------------------------------------------------------------------------------------------- */

/* should_escape: names as sequences with their labels. */
static enum err read_text(struct call *c, const struct taut_act_args *a, const struct manifest_command *entry,
                          struct str *text)
{
    struct content_in in = {.text = a->text, .parse = S("full"), .text_max = SIZE_MAX};
    struct content content;

    *text = str_trim(a->text);
    if (!entry->should_escape)
        return OK;
    TRY(content_read(c, &in, &content));
    TRY(content_link(c, &content));
    *text = str_trim(content.text);
    return OK;
}

static enum err put_payload(struct call *c, const struct taut_act_args *a, const struct act *act,
                            const struct manifest_command *entry, struct act_payload *p)
{
    struct json_out *o = &p->o;
    struct team_row team;
    struct str text;
    bool found;

    p->b = buf_in(c->arena, COMMAND_MAX_BYTES);
    p->o = (struct json_out){.b = &p->b};
    TRY(read_text(c, a, entry, &text));
    TRY(sql_team_get(c->db, c->arena, c->team, &team, &found));
    json_open(o, S(""), '{');
    put_id(o, S("team_id"), c->team);
    json_str(o, S("team_domain"), found ? team.domain : S(""));
    put_id(o, S("channel_id"), c->channel->id);
    json_str(o, S("channel_name"), act_channel_name(c->channel));
    put_id(o, S("user_id"), c->who.user);
    json_str(o, S("user_name"), c->who.user_name);
    json_str(o, S("command"), entry->command);
    json_str(o, S("text"), text);
    put_id(o, S("api_app_id"), act->here.app.id);
    json_str(o, S("is_enterprise_install"), S("false"));
    json_str(o, S("response_url"), act->response_url);
    json_str(o, S("trigger_id"), act->trigger_id);
    if (act->place.thread_ts)
        json_ts(o, S("thread_ts"), act->place.thread_ts);
    return OK;
}

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    const struct manifest_command *entry;
    struct act_payload p;

    if (!a->command.n)
        return call_invalid(c, "missing required field: command");
    if (!c->channel)
        return call_invalid(c, "missing required field: channel");
    if (!c->channel->is_member)
        return ERR_NOT_IN_CHANNEL;
    TRY(open_app(c, a, act, &entry));
    if (a->has_thread_ts)
        TRY(message_find_thread(c, c->channel, a->thread_ts, &act->place.thread_ts));
    TRY(act_trigger(c, act, 0));
    TRY(response_url_make(c, &act->here, &act->place, &act->response_url));
    TRY(put_payload(c, a, act, entry, &p));
    return act_ask_at(c, act, &p, ASK_COMMAND, entry->url);
}

/* --- what it answers ------------------------------------------------------------------------------------------ */

/* An answer for everybody: they see what it is the answer to. */
static enum err show_command(struct call *c, const struct taut_act_args *a, const struct act *act)
{
    struct str slash = str_starts(a->command, S("/")) ? S("") : S("/");
    struct content_in in = {
        .text = ARENA_JOIN(c->arena, slash, a->command, S(" "), a->text), .plain = true, .text_max = TYPED_MAX_CHARS};
    struct message_draft d = {.user = c->who.user, .thread_ts = act->place.thread_ts};
    struct content content;

    if (!c->channel->is_member) /* any more */
        return ERR_NOT_IN_CHANNEL;
    in.text = str_trim(in.text);
    TRY(content_read(c, &in, &content));
    d.text = content.text;
    return message_post(c, c->channel, &d, NULL);
}

static enum err end(struct call *c, const struct taut_act_args *a, struct act *act, const struct app_answer *answer)
{
    const struct json *body = json_parse(c->arena, str_trim(answer->body), NULL);
    struct response_in in = {0};

    if (body && body->kind == JSON_OBJECT)
        response_of_json(body, &in);
    else
        in.content.text = body && body->kind == JSON_STRING ? body->text : str_trim(answer->body);
    if (str_eq(in.type, S("in_channel")))
        TRY(show_command(c, a, act));
    return act_respond(c, act, &in);
}

const struct act_kind act_command = {.type = {"command", 7}, .begin = begin, .end = end};
