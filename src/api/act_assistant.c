/* `assistant_thread` and `assistant_context`: beginning a thread with an app that assists, and looking at something
 * else while it is open. */
#include "api/act.h"
#include "base/id.h"
#include "core/assistant.h"
#include "core/put.h"

enum { CONTEXT_MAX_BYTES = 1024 };

/* What the person looks at, which it has to be able to see; nothing: {}. */
static enum err read_context(struct call *c, const struct taut_act_args *a, struct str *out)
{
    struct buf b = buf_in(c->arena, CONTEXT_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct channel_row *ch;

    json_open(&o, S(""), '{');
    if (a->looks_at.n) {
        TRY(channel_get(c, id_parse_kind(a->looks_at, "CDG"), &ch));
        put_id(&o, S("channel_id"), ch->id);
        put_id(&o, S("team_id"), c->team);
        json_null(&o, S("enterprise_id"));
    }
    json_close(&o, '}');
    *out = buf_view(&b);
    return OK;
}

static enum err begin_thread(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct message_row *root;
    struct message_view view;
    struct str context;
    bool agent;

    (void)act;
    if (!c->channel)
        return call_invalid(c, "missing required field: channel");
    TRY(read_context(c, a, &context));
    TRY(assistant_begin(c, c->channel, c->who.user, context, &agent, &root));
    if (!agent)
        return ERR_NOT_AGENT_APP;
    put_id(&c->out, S("channel"), root->channel_id);
    json_ts(&c->out, S("message_ts"), root->ts);
    TRY(message_view_open(c, c->channel, root, 1, &view));
    return message_put(&view, S("message"), root);
}

static enum err look(struct call *c, const struct taut_act_args *a, struct act *act)
{
    struct str context;

    (void)act;
    if (!c->channel)
        return call_invalid(c, "missing required field: channel");
    TRY(read_context(c, a, &context));
    return assistant_look(c, c->channel, c->who.user, a->thread_ts, context);
}

const struct act_kind act_assistant_thread = {.type = {"assistant_thread", 16}, .begin = begin_thread};
const struct act_kind act_assistant_context = {.type = {"assistant_context", 17}, .begin = look};
