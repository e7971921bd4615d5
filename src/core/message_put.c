/* Message objects in replies and events. */
#include "base/clock.h"
#include "base/id.h"
#include "core/channel_put.h"
#include "core/file.h"
#include "core/message.h"
#include "core/team_put.h"
#include "objects.h"

enum { REACTORS_SHOWN = 50, REPLY_USERS_SHOWN = 5, MESSAGE_MAX_BYTES = 4 << 20 };

bool message_has_files(const struct message_row *m)
{
    return str_eq(m->subtype, S("file_share"));
}

/* The span of the rows that something is true of; false when there are none. */
static bool span_of(const struct message_row *rows, int n, bool (*is)(const struct message_row *), int64_t *from,
                    int64_t *to)
{
    *from = INT64_MAX;
    *to = 0;
    for (int i = 0; i < n; i++) {
        if (!is(&rows[i]))
            continue;
        *from = rows[i].ts < *from ? rows[i].ts : *from;
        *to = rows[i].ts > *to ? rows[i].ts : *to;
    }
    return *to > 0;
}

static bool has_reactions(const struct message_row *m)
{
    return m->has_reactions != 0;
}

enum err message_view_open(struct call *c, const struct channel_row *ch, const struct message_row *rows, int n,
                           struct message_view *view)
{
    int64_t from, to;

    *view = (struct message_view){.c = c, .ch = ch};
    if (span_of(rows, n, message_has_files, &from, &to))
        TRY(sql_file_of_messages(c->db, c->arena, ch->id, from, to, &view->files, &view->n_files));
    if (span_of(rows, n, has_reactions, &from, &to))
        TRY(sql_reaction_range(c->db, c->arena, ch->id, from, to, &view->reactions, &view->n_reactions));
    return OK;
}

/* --- reactions ------------------------------------------------------------------------------------------------ */

/* The reactions on one message: rows of the view are sorted by ts. */
static const struct reaction_row *reactions_of(const struct message_view *view, int64_t ts, int *n)
{
    const struct reaction_row *first;
    int low = 0, high = view->n_reactions;

    while (low < high) {
        int mid = (low + high) / 2;
        if (view->reactions[mid].ts < ts)
            low = mid + 1;
        else
            high = mid;
    }
    first = view->reactions + low;
    *n = 0;
    while (low + *n < view->n_reactions && first[*n].ts == ts)
        ++*n;
    return first;
}

/* One emoji with who put it; the first ones unless full, the caller always among them unless the page is for all. */
static void fill_reaction(const struct message_view *view, const struct reaction_row *rows, int n, int first,
                          struct obj_reaction *out)
{
    int64_t me = view->c->who.user, *users = ARENA_ARRAY(view->c->arena, int64_t, n - first);

    *out = (struct obj_reaction){.name = rows[first].name, .users = users};
    for (int i = first; i < n; i++) {
        if (!str_eq(rows[i].name, rows[first].name))
            continue;
        out->count++;
        if (out->n_users < REACTORS_SHOWN || view->full_reactions || (!view->for_all && rows[i].user_id == me))
            users[out->n_users++] = rows[i].user_id;
    }
}

static bool seen_before(const struct reaction_row *rows, int at)
{
    for (int i = 0; i < at; i++)
        if (str_eq(rows[i].name, rows[at].name))
            return true;
    return false;
}

/* The emoji on a message in the order in which they first came. */
static void fill_reactions(const struct message_view *view, const struct message_row *m, struct obj_message *o)
{
    const struct reaction_row *rows;
    struct obj_reaction *list;
    int n;

    if (!m->has_reactions)
        return;
    rows = reactions_of(view, m->ts, &n);
    list = ARENA_ARRAY(view->c->arena, struct obj_reaction, n);
    o->reactions = list;
    for (int i = 0; i < n; i++)
        if (!seen_before(rows, i))
            fill_reaction(view, rows, n, i, &list[o->n_reactions++]);
}

/* --- the rest ------------------------------------------------------------------------------------------------- */

/* The first ids of a comma list, as rows; *total is how many there are. */
static int64_t *first_ids(struct arena *a, struct str list, int *n, int *total)
{
    int64_t *ids = ARENA_ARRAY(a, int64_t, REPLY_USERS_SHOWN);
    struct str rest = list, piece;

    *n = 0;
    *total = 0;
    while (rest.n && str_cut(&rest, ',', &piece)) {
        if (*n < REPLY_USERS_SHOWN)
            ids[(*n)++] = id_parse(piece);
        ++*total;
    }
    return ids;
}

/* Bots speak with their profile; one look-up for each bot of a page. */
static enum err bot_profile(struct message_view *view, int64_t bot, const struct obj_bot_profile **out)
{
    struct bot_row row;
    bool found;

    *out = NULL;
    if (!bot)
        return OK;
    if (view->bot != bot) {
        TRY(sql_bot_get(view->c->db, view->c->arena, bot, &row, &found));
        view->bot = bot;
        view->bot_profile = found ? bot_profile_of(view->c, &row) : NULL;
    }
    *out = view->bot_profile;
    return OK;
}

/* What only some subtypes carry lies in one JSON object; its members become members of the message. */
static void fill_extra(struct call *c, const struct message_row *m, struct obj_message *o)
{
    const struct json *extra = m->extra.n ? json_parse(c->arena, m->extra, NULL) : NULL, *thread;

    if (!extra)
        return;
    o->username = json_get_str(extra, S("username"));
    o->icons = json_get(extra, S("icons")) ? json_raw(json_get(extra, S("icons"))) : S("");
    o->inviter = id_parse(json_get_str(extra, S("inviter")));
    o->topic = json_get_str(extra, S("topic"));
    o->purpose = json_get_str(extra, S("purpose"));
    o->name = json_get_str(extra, S("name"));
    o->old_name = json_get_str(extra, S("old_name"));
    o->streaming_state = json_get_str(extra, S("streaming_state"));
    thread = json_get(extra, S("assistant_app_thread"));
    o->assistant_app_thread = thread ? json_raw(thread) : S("");
}

static enum err json_of(const struct message_view *like, const struct message_row *m, struct str *out);

/* The message a reply answers; one look-up for each thread of a page. */
static enum err find_parent(struct message_view *view, const struct message_row *reply, const struct message_row **out)
{
    struct message_row *parent;
    enum err e;

    if (!view->parent || view->parent->ts != reply->thread_ts) {
        e = message_open(view->c, view->ch, reply->thread_ts, &parent);
        if (e != OK && e != ERR_MESSAGE_NOT_FOUND)
            return e;
        view->parent = e == OK ? parent : NULL;
    }
    *out = view->parent;
    return OK;
}

/* A reply tells whom it answers; one that stands in the conversation as well carries the message it answers. */
static enum err fill_reply(struct message_view *view, const struct message_row *m, struct obj_message *o)
{
    const struct message_row *parent;

    if (view->thread)
        o->parent_user_id = view->parent_user;
    if (view->thread && !m->broadcast)
        return OK;
    TRY(find_parent(view, m, &parent));
    if (!parent)
        return OK;
    o->parent_user_id = parent->user_id;
    if (m->broadcast)
        return json_of(view, parent, &o->root);
    return OK;
}

static void fill_parent(const struct message_view *view, const struct message_row *m, struct obj_message *o)
{
    int total;

    o->reply_users = first_ids(view->c->arena, m->reply_users, &o->n_reply_users, &total);
    o->reply_count = m->reply_count;
    o->reply_users_count = total;
    o->latest_reply = m->latest_reply;
    o->is_locked = MAYBE_NO;
    if (view->thread)
        o->subscribed = MAYBE_NO;
}

static void fill_files(struct message_view *view, const struct message_row *m, struct obj_message *o)
{
    int first = 0, n = 0;

    if (!message_has_files(m))
        return;
    while (first < view->n_files && view->files[first].ts != m->ts)
        first++;
    while (first + n < view->n_files && view->files[first + n].ts == m->ts)
        n++;
    o->files = file_list_json(view->c, view->files + first, n, view->ch->kind == CHANNEL_PUBLIC);
    o->upload = MAYBE_YES;
    o->display_as_bot = MAYBE_NO;
}

static enum err fill(struct message_view *view, const struct message_row *m, struct obj_message *o)
{
    struct call *c = view->c;

    *o = (struct obj_message){
        .type = S("message"),
        .subtype = m->subtype,
        .user = m->user_id,
        .text = m->text,
        .ts = m->ts,
        .client_msg_id = m->client_msg_id,
        .bot_id = m->bot_id,
        .app_id = m->app_id,
        .team = view->ch->team_id,
        .blocks = m->blocks,
        .attachments = m->attachments,
        .metadata = view->include_metadata ? m->metadata : S(""),
        .permalink = view->permalink ? message_permalink(c, m) : S(""),
    };
    if (m->edited_us) {
        struct obj_edited *edited = ARENA_NEW(c->arena, struct obj_edited);
        *edited = (struct obj_edited){.user = m->edited_by, .ts = m->edited_us};
        o->edited = edited;
    }
    if (m->pinned) {
        o->pinned_to = &view->ch->id;
        o->n_pinned_to = 1;
    }
    TRY(bot_profile(view, m->bot_id, &o->bot_profile));
    fill_reactions(view, m, o);
    fill_files(view, m, o);
    fill_extra(c, m, o);
    o->thread_ts = m->thread_ts;
    if (m->thread_ts && m->thread_ts != m->ts)
        return fill_reply(view, m, o);
    if (m->thread_ts)
        fill_parent(view, m, o);
    return OK;
}

enum err message_put_to(struct message_view *view, struct json_out *out, struct str key, const struct message_row *m)
{
    struct obj_message o;

    TRY(fill(view, m, &o));
    put_message(out, key, &o);
    return OK;
}

enum err message_put(struct message_view *view, struct str key, const struct message_row *m)
{
    return message_put_to(view, &view->c->out, key, m);
}

/* One message as a text, seen as those of `like` are. */
static enum err json_of(const struct message_view *like, const struct message_row *m, struct str *out)
{
    struct buf b = buf_in(like->c->arena, MESSAGE_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct message_view view;

    TRY(message_view_open(like->c, like->ch, m, 1, &view));
    view.include_metadata = like->include_metadata;
    view.for_all = like->for_all;
    TRY(message_put_to(&view, &o, S(""), m));
    *out = buf_view(&b);
    return OK;
}

enum err message_json(struct call *c, const struct channel_row *ch, const struct message_row *m, struct str *out)
{
    return json_of(&(struct message_view){.c = c, .ch = ch, .include_metadata = true}, m, out);
}

/* The event is the message object with where it stands added to it. */
enum err message_emit(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    struct buf b = buf_in(c->arena, MESSAGE_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct str object;
    char id[ID_MAX];

    if (c->unheard)
        return OK;
    TRY(message_json(c, ch, m, &object));
    buf_put(&b, object.p, object.n - 1); /* without its closing brace */
    o.comma = true;
    json_str(&o, S("channel"), str_of(id, id_format(ch->id, id)));
    json_str(&o, S("channel_type"), channel_type_name(ch));
    json_ts(&o, S("event_ts"), m->ts);
    json_close(&o, '}');
    call_emit(c, TO_CHANNEL, ch->id, "message", buf_view(&b));
    return OK;
}
