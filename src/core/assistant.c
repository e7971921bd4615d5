#include "core/assistant.h"

#include "core/manifest.h"
#include "core/put.h"
#include "events.h"

enum { THREAD_MAX_BYTES = 1 << 17, FACTS_MAX_BYTES = 1 << 20 }; /* prompts at their longest are a third of it */

/* The app that assists in an im of the person; app_id 0: none does. */
static enum err find_agent(struct call *c, const struct channel_row *ch, int64_t person, struct agent_row *out)
{
    struct manifest m;
    bool found;

    *out = (struct agent_row){0};
    if (ch->kind != CHANNEL_IM)
        return OK;
    TRY(sql_agent_of_user(c->db, c->arena, channel_im_peer(ch, person), ch->team_id, out, &found));
    if (!found || !manifest_read(c->arena, out->manifest, &m) || !m.assistant)
        *out = (struct agent_row){0};
    return OK;
}

/* {"user_id", "context", "channel_id", "thread_ts"} */
static struct str thread_json(struct call *c, const struct channel_row *ch, int64_t person, int64_t thread_ts,
                              struct str context)
{
    struct buf b = buf_in(c->arena, THREAD_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    put_id(&o, S("user_id"), person);
    json_text(&o, S("context"), context);
    put_id(&o, S("channel_id"), ch->id);
    json_ts(&o, S("thread_ts"), thread_ts);
    json_close(&o, '}');
    return buf_view(&b);
}

static void tell_started(struct call *c, const struct channel_row *ch, const struct agent_row *agent, int64_t person,
                         int64_t thread_ts, struct str context)
{
    emit_assistant_thread_started(
        c, &(struct ev_assistant_thread_started){.to = agent->user_id,
                                                 .assistant_thread = thread_json(c, ch, person, thread_ts, context)});
}

enum err assistant_hear(struct call *c, const struct channel_row *ch, int64_t person, int64_t ts, int64_t *thread_ts)
{
    struct agent_row agent;
    int64_t is_new;

    TRY(find_agent(c, ch, person, &agent));
    if (!agent.app_id)
        return OK;
    if (!*thread_ts)
        *thread_ts = ts;
    TRY(sql_assistant_add(c->db, c->arena, ch->id, *thread_ts, agent.app_id, person, S("{}"), &is_new));
    if (is_new)
        tell_started(c, ch, &agent, person, *thread_ts, S("{}"));
    return OK;
}

enum err assistant_open(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct assistant_row *out)
{
    bool found;

    TRY(sql_assistant_get(c->db, c->arena, ch->id, thread_ts, out, &found));
    return found && out->app_id == c->who.app ? OK : ERR_INVALID_THREAD_TS;
}

/* --- what its first message tells of it ----------------------------------------------------------------------- */

struct facts {
    struct str title, prompts; /* prompts: {"title", "prompts": […]} or empty */
};

static struct facts facts_of(const struct json *extra)
{
    const struct json *thread = json_get(extra, S("assistant_app_thread"));
    const struct json *prompts = json_get(thread, S("suggested_prompts"));

    return (struct facts){json_get_str(thread, S("title")), prompts ? json_raw(prompts) : S("")};
}

static void put_facts(struct json_out *o, const struct facts *facts)
{
    json_open(o, S("assistant_app_thread"), '{');
    json_str(o, S("title"), facts->title);
    json_open(o, S("title_blocks"), '[');
    json_close(o, ']');
    json_open(o, S("artifacts"), '[');
    json_close(o, ']');
    if (facts->prompts.n)
        json_text(o, S("suggested_prompts"), facts->prompts);
    json_close(o, '}');
}

/* extra with these facts in it; what else stands there stays. */
static struct str with_facts(struct arena *a, const struct json *extra, const struct facts *facts)
{
    struct buf b = buf_in(a, FACTS_MAX_BYTES + (extra ? json_raw(extra).n : 0));
    struct json_out o = {.b = &b};
    const struct json *key = extra ? json_child(extra) : NULL;

    json_open(&o, S(""), '{');
    for (uint32_t i = 0; extra && i < extra->count; i++, key = json_next(json_next(key)))
        if (!str_eq(key->text, S("assistant_app_thread")))
            json_text(&o, key->text, json_raw(json_next(key)));
    put_facts(&o, facts);
    json_close(&o, '}');
    return buf_view(&b);
}

static enum err open_root(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct message_row **root,
                          const struct json **extra)
{
    enum err e = message_open(c, ch, thread_ts, root);

    if (e != OK)
        return e == ERR_MESSAGE_NOT_FOUND ? ERR_INVALID_THREAD_TS : e;
    *extra = (*root)->extra.n ? json_parse(c->arena, (*root)->extra, NULL) : NULL;
    return OK;
}

static enum err keep(struct call *c, const struct message_row *root)
{
    int64_t changed;

    TRY(sql_message_set_extra(c->db, c->arena, root->channel_id, root->ts, root->extra, &changed));
    return sql_channel_changed(c->db, c->arena, root->channel_id, &changed);
}

enum err assistant_name(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct str title)
{
    struct message_row *root, after;
    const struct json *extra;
    struct facts facts;
    struct str before;

    TRY(open_root(c, ch, thread_ts, &root, &extra));
    facts = facts_of(extra);
    if (str_eq(facts.title, title))
        return OK;
    facts.title = title;
    after = *root;
    after.extra = with_facts(c->arena, extra, &facts);
    TRY(message_json(c, ch, root, &before));
    TRY(keep(c, &after));
    return message_emit_changed(c, ch, before, &after);
}

enum err assistant_prompt(struct call *c, const struct channel_row *ch, int64_t thread_ts, struct str prompts)
{
    struct message_row *root;
    const struct json *extra;
    struct facts facts;

    TRY(open_root(c, ch, thread_ts, &root, &extra));
    facts = facts_of(extra);
    facts.prompts = prompts;
    root->extra = with_facts(c->arena, extra, &facts);
    return keep(c, root);
}

/* --- begun by hand -------------------------------------------------------------------------------------------- */

enum err assistant_begin(struct call *c, struct channel_row *ch, int64_t person, struct str context, bool *agent_found,
                         struct message_row **root)
{
    struct message_draft d = {.subtype = S("assistant_app_thread"), .text = S("New Assistant Thread")};
    struct agent_row agent;
    int64_t changed;

    TRY(find_agent(c, ch, person, &agent));
    *agent_found = agent.app_id != 0;
    if (!*agent_found)
        return OK;
    d.user = agent.user_id;
    d.bot = agent.bot_id;
    d.app = agent.app_id;
    d.opens_thread = true;
    d.extra = with_facts(c->arena, NULL, &(struct facts){.title = d.text});
    TRY(message_post(c, ch, &d, root));
    TRY(sql_assistant_add(c->db, c->arena, ch->id, (*root)->ts, agent.app_id, person, context, &changed));
    tell_started(c, ch, &agent, person, (*root)->ts, context);
    return OK;
}

enum err assistant_look(struct call *c, const struct channel_row *ch, int64_t person, int64_t thread_ts,
                        struct str context)
{
    struct agent_row agent;
    struct assistant_row thread;
    int64_t changed;
    bool found;

    TRY(find_agent(c, ch, person, &agent));
    TRY(sql_assistant_get(c->db, c->arena, ch->id, thread_ts, &thread, &found));
    if (!agent.app_id || !found || thread.user_id != person)
        return ERR_INVALID_THREAD_TS;
    if (str_eq(thread.context, context))
        return OK;
    TRY(sql_assistant_set_context(c->db, c->arena, ch->id, thread_ts, context, &changed));
    emit_assistant_thread_context_changed(
        c, &(struct ev_assistant_thread_context_changed){
               .to = agent.user_id, .assistant_thread = thread_json(c, ch, person, thread_ts, context)});
    return OK;
}
