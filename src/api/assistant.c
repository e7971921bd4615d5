/* assistant.threads.*: what an app does in the threads in which it assists. */
#include "core/assistant.h"
#include "args_assistant.h"
#include "base/utf8.h"
#include "core/content.h"
#include "core/manifest.h"
#include "core/thread_status.h"
#include "events.h"

/* PROMPTS_MAX_BYTES holds all of them, each character escaped. */
enum { PROMPTS_MAX = 4, PROMPT_MAX_CHARS = 3000, PROMPTS_MAX_BYTES = 1 << 18, LOADING_MAX_BYTES = 1 << 16 };

/* --- setStatus ------------------------------------------------------------------------------------------------ */

/* Apps must not look like the server's own voice. */
static bool is_reserved(struct str username)
{
    return str_eq_nocase(str_trim(username), S("slackbot"));
}

static enum err read_loading(struct call *c, const struct str_list *list, struct str *out)
{
    struct buf b = buf_in(c->arena, LOADING_MAX_BYTES);
    struct json_out o = {.b = &b};

    if (!list->n)
        return OK;
    json_open(&o, S(""), '[');
    for (int i = 0; i < list->n; i++)
        json_str(&o, S(""), list->v[i]);
    json_close(&o, ']');
    *out = buf_view(&b);
    return b.over ? call_invalid(c, "loading_messages: together they are too long") : OK;
}

/* Its look as messages have it: {"username", "icons"}. */
static enum err read_look(struct call *c, const struct assistant_threads_set_status_args *a, struct thread_status *out)
{
    struct content_in in = {.username = a->username, .icon_emoji = a->icon_emoji, .icon_url = a->icon_url};
    const struct json *look, *icons;
    struct content content;

    if (is_reserved(a->username))
        return ERR_RESERVED_USERNAME;
    TRY(content_read(c, &in, &content));
    look = content.extra.n ? json_parse(c->arena, content.extra, NULL) : NULL;
    icons = json_get(look, S("icons"));
    out->username = json_get_str(look, S("username"));
    out->icons = icons ? json_raw(icons) : S("");
    return OK;
}

/* A thread is named by the ts of its first message. */
static enum err check_thread(struct call *c, int64_t thread_ts)
{
    struct message_row *m;
    enum err e = message_open(c, c->channel, thread_ts, &m);

    if (e == ERR_MESSAGE_NOT_FOUND)
        return ERR_INVALID_THREAD_TS;
    TRY(e);
    return m->thread_ts && m->thread_ts != m->ts ? ERR_INVALID_THREAD_TS : OK;
}

enum err assistant_threads_set_status(struct call *c, const struct assistant_threads_set_status_args *a)
{
    struct thread_status status = {.text = a->status};

    TRY(read_look(c, a, &status));
    TRY(read_loading(c, &a->loading_messages, &status.loading_messages));
    TRY(check_thread(c, a->thread_ts));
    return thread_status_set(c, c->channel, a->thread_ts, &status);
}

/* --- setTitle ------------------------------------------------------------------------------------------------- */

enum err assistant_threads_set_title(struct call *c, const struct assistant_threads_set_title_args *a)
{
    struct assistant_row thread;

    TRY(assistant_open(c, c->channel, a->thread_ts, &thread));
    return assistant_name(c, c->channel, a->thread_ts, a->title);
}

/* --- setSuggestedPrompts -------------------------------------------------------------------------------------- */

static enum err put_prompt(struct call *c, struct json_out *o, const struct json *prompt)
{
    struct str title = json_get_str(prompt, S("title")), message = json_get_str(prompt, S("message"));

    if (!title.n || !message.n || utf8_count(title) > PROMPT_MAX_CHARS || utf8_count(message) > PROMPT_MAX_CHARS)
        return call_invalid(c, "prompts: each has a title and a message, of at most %d characters", PROMPT_MAX_CHARS);
    json_open(o, S(""), '{');
    json_str(o, S("title"), title);
    json_str(o, S("message"), message);
    json_close(o, '}');
    return OK;
}

/* {"title", "prompts": [{"title", "message"}]} */
static enum err read_prompts(struct call *c, const struct assistant_threads_set_suggested_prompts_args *a,
                             struct str *list)
{
    struct buf b = buf_in(c->arena, PROMPTS_MAX_BYTES);
    struct json_out o = {.b = &b};
    const struct json *prompt;

    if (a->prompts->kind != JSON_ARRAY || a->prompts->count == 0 || a->prompts->count > PROMPTS_MAX)
        return call_invalid(c, "prompts: has to be a list of 1 to %d prompts", PROMPTS_MAX);
    prompt = json_child(a->prompts);
    json_open(&o, S(""), '[');
    for (uint32_t i = 0; i < a->prompts->count; i++, prompt = json_next(prompt))
        TRY(put_prompt(c, &o, prompt));
    json_close(&o, ']');
    *list = buf_view(&b);
    return OK;
}

static enum err check_agent(struct call *c)
{
    struct agent_row agent;
    struct manifest m;
    bool found;

    TRY(sql_agent_of_user(c->db, c->arena, c->who.user, c->channel->team_id, &agent, &found));
    return found && manifest_read(c->arena, agent.manifest, &m) && m.assistant ? OK : ERR_NOT_AGENT_APP;
}

/* Kept with the thread; without one they are for whoever is there now. */
static enum err keep(struct call *c, const struct assistant_threads_set_suggested_prompts_args *a, struct str list)
{
    struct buf b = buf_in(c->arena, PROMPTS_MAX_BYTES * 2);
    struct json_out o = {.b = &b};
    struct assistant_row thread;
    struct message_row *m;

    if (!a->has_thread_ts)
        return OK;
    TRY(message_open(c, c->channel, a->thread_ts, &m));
    TRY(assistant_open(c, c->channel, a->thread_ts, &thread));
    json_open(&o, S(""), '{');
    json_str(&o, S("title"), a->title);
    json_text(&o, S("prompts"), list);
    json_close(&o, '}');
    return assistant_prompt(c, c->channel, a->thread_ts, buf_view(&b));
}

enum err assistant_threads_set_suggested_prompts(struct call *c,
                                                 const struct assistant_threads_set_suggested_prompts_args *a)
{
    struct str list;

    TRY(read_prompts(c, a, &list));
    TRY(check_agent(c));
    TRY(keep(c, a, list));
    emit_assistant_thread_prompts_changed(c, &(struct ev_assistant_thread_prompts_changed){
                                                 .to = channel_im_peer(c->channel, c->who.user),
                                                 .channel = c->channel->id,
                                                 .thread_ts = a->thread_ts,
                                                 .user = c->who.user,
                                                 .title = a->title,
                                                 .prompts = list,
                                             });
    return OK;
}
