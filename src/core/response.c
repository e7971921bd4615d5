#include "core/response.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/ephemeral.h"
#include "core/message_change.h"

enum { SECRET_CHARS = 24, USES = 5, TEXT_MAX_CHARS = 40000, NAME_MAX_BYTES = 1 << 10 };
#define LIFE_US (INT64_C(1800) * US_PER_S)
/* For so long an app is told that it comes too late. */
#define KEPT_US (INT64_C(86400) * US_PER_S)

/* --- addresses ------------------------------------------------------------------------------------------------ */

enum err response_url_make(struct call *c, const struct app_here *here, struct response_url_row *place, struct str *url)
{
    char team[ID_MAX], app[ID_MAX];
    struct str path = ARENA_JOIN(c->arena, str_of(team, id_format(c->team, team)), S("/"),
                                 str_of(app, id_format(here->app.id, app)), S("/"), rand_token(c->arena, SECRET_CHARS));
    int64_t changed;

    place->app_id = here->app.id;
    place->bot_id = here->bot.id;
    place->team_id = c->team;
    place->user_id = c->who.user;
    place->uses = USES;
    place->expires_us = c->now_us + LIFE_US;
    *url = ARENA_JOIN(c->arena, c->base_url, S("actions/"), path);
    TRY(sql_response_url_sweep(c->db, c->arena, c->now_us - KEPT_US, &changed));
    return sql_response_url_add(c->db, c->arena, sha256_text(c->arena, path), place->app_id, place->bot_id,
                                place->team_id, place->user_id, place->channel_id, place->message_ts, place->ephemeral,
                                place->replaces, place->thread_ts, place->uses, place->expires_us, &changed);
}

/* --- reading -------------------------------------------------------------------------------------------------- */

/* Apps write true and "true". */
static bool read_flag(const struct json *body, struct str key, bool *has)
{
    const struct json *v = json_get(body, key);

    *has = v && v->kind != JSON_NULL;
    return v && (v->kind == JSON_TRUE || (v->kind == JSON_STRING && str_eq(v->text, S("true"))));
}

static const struct json *read_part(const struct json *body, struct str key, bool *has)
{
    const struct json *v = json_get(body, key);

    *has = v && v->kind != JSON_NULL;
    return *has ? v : NULL;
}

void response_of_json(const struct json *body, struct response_in *out)
{
    struct content_in *content = &out->content;
    bool has;

    *out = (struct response_in){.type = json_get_str(body, S("response_type"))};
    content->text = json_get_str(body, S("text"));
    content->parse = json_get_str(body, S("parse"));
    content->blocks = read_part(body, S("blocks"), &content->has_blocks);
    content->attachments = read_part(body, S("attachments"), &content->has_attachments);
    content->metadata = read_part(body, S("metadata"), &content->has_metadata);
    if (!json_get_str(content->metadata, S("event_type")).n)
        content->has_metadata = false; /* slack-go says so when there is none */
    content->link_names = read_flag(body, S("link_names"), &has);
    content->plain = !read_flag(body, S("mrkdwn"), &has) && has;
    out->replace = read_flag(body, S("replace_original"), &out->has_replace);
    out->remove = read_flag(body, S("delete_original"), &has);
    if (!ts_parse(json_get_str(body, S("thread_ts")), &out->thread_ts))
        out->thread_ts = 0;
}

/* --- a new message
 * ---------------------------------------------------------------------------------------------------- */

/* An app without a bot speaks under its name. */
static struct str name_of(struct call *c, const struct app_here *here)
{
    struct buf b = buf_in(c->arena, NAME_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("username"), here->app.name);
    json_close(&o, '}');
    return buf_view(&b);
}

static void draft_of(struct call *c, const struct app_here *here, const struct content *content,
                     struct message_draft *d)
{
    *d = (struct message_draft){
        .user = here->bot.user_id,
        .bot = here->bot.id,
        .app = here->app.id,
        .text = content->text,
        .blocks = content->blocks,
        .attachments = content->attachments,
        .metadata = content->metadata,
    };
    if (here->bot.id)
        return;
    d->subtype = S("bot_message");
    d->extra = name_of(c, here);
}

static bool is_for_all(const struct response_url_row *place, const struct response_in *in)
{
    return str_eq(in->type, S("in_channel")) || (!in->type.n && place->replaces == RESPONSE_IN_PLACE);
}

static enum err post(struct call *c, struct channel_row *ch, const struct app_here *here,
                     const struct response_url_row *place, const struct response_in *in, const struct content *content,
                     struct message_row **out)
{
    int64_t thread = in->thread_ts ? in->thread_ts : place->thread_ts;
    struct message_draft d;

    if (content_is_empty(content))
        return OK;
    draft_of(c, here, content, &d);
    if (thread)
        TRY(message_find_thread(c, ch, thread, &d.thread_ts));
    if (!is_for_all(place, in))
        return ephemeral_post(c, ch, place->user_id, &d, out);
    if (ch->archived)
        return ERR_IS_ARCHIVED;
    return message_post(c, ch, &d, out);
}

/* --- in the place of the message it was done to --------------------------------------------------------------- */

/* Only its own: a shortcut is used on anybody's messages. */
static enum err open_original(struct call *c, const struct channel_row *ch, const struct app_here *here,
                              const struct response_url_row *place, struct message_row **out)
{
    TRY(place->ephemeral ? ephemeral_open(c, ch, place->message_ts, place->user_id, out)
                         : message_open(c, ch, place->message_ts, out));
    return (*out)->app_id == here->app.id && !str_eq((*out)->subtype, S("tombstone")) ? OK : ERR_MESSAGE_NOT_FOUND;
}

static enum err take_away(struct call *c, const struct channel_row *ch, const struct app_here *here,
                          const struct response_url_row *place)
{
    struct message_row *m;

    TRY(open_original(c, ch, here, place, &m));
    return place->ephemeral ? ephemeral_delete(c, ch, place->user_id, m) : message_remove(c, ch, m);
}

/* What the answer does not have is gone as well. */
static enum err put_in_place(struct call *c, const struct channel_row *ch, const struct app_here *here,
                             const struct response_url_row *place, const struct content *content,
                             struct message_row **out)
{
    struct message_row *before, *after = ARENA_NEW(c->arena, struct message_row);
    struct str before_json;

    TRY(open_original(c, ch, here, place, &before));
    if (content_is_empty(content))
        return OK;
    *after = *before;
    after->text = content->text;
    after->blocks = content->blocks;
    after->attachments = content->attachments;
    *out = after;
    if (place->ephemeral)
        return ephemeral_replace(c, ch, place->user_id, before, after);
    if (ch->archived)
        return ERR_IS_ARCHIVED;
    TRY(message_json(c, ch, before, &before_json));
    return message_edit(c, ch, before_json, before, after);
}

static bool is_in_place(const struct response_url_row *place, const struct response_in *in)
{
    if (!place->message_ts)
        return false;
    if (in->has_replace)
        return in->replace;
    return place->replaces == RESPONSE_IN_PLACE || (place->replaces == RESPONSE_IN_PLACE_OR_TYPED && !in->type.n);
}

static enum err work(struct call *c, struct channel_row *ch, const struct app_here *here,
                     const struct response_url_row *place, const struct response_in *in, struct message_row **out)
{
    struct content_in content_in = in->content;
    struct content content;
    enum err e;

    content_in.text_max = TEXT_MAX_CHARS;
    TRY(content_read(c, &content_in, &content));
    TRY(content_link(c, &content));
    if (in->remove && place->message_ts) {
        TRY(take_away(c, ch, here, place));
    } else if (is_in_place(place, in)) {
        e = put_in_place(c, ch, here, place, &content, out);
        if (e != ERR_MESSAGE_NOT_FOUND || in->has_replace) /* it asked for that, or could not know that it is gone */
            return e;
    }
    return post(c, ch, here, place, in, &content, out);
}

enum err response_do(struct call *c, struct channel_row *ch, const struct app_here *here,
                     const struct response_url_row *place, const struct response_in *in, struct message_row **out)
{
    struct actor who = c->who;
    enum err e;

    *out = NULL;
    c->who = app_here_actor(c, here);
    e = work(c, ch, here, place, in, out);
    c->who = who;
    return e;
}
