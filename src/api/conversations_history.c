/* conversations.history and conversations.replies: reading messages. */
#include "args_conversations.h"
#include "base/rand.h"
#include "core/count.h"
#include "core/message.h"
#include "core/page_cache.h"
#include "methods.h"

/* The part of a conversation that a page may hold, both ends included. */
struct window {
    int64_t from, to;
    bool up; /* oldest first: a window that names only its beginning is read from there */
};

enum { FLAG_METADATA = 1, FLAG_UP = 2 };

static struct window read_window(bool has_oldest, int64_t oldest, bool has_latest, int64_t latest, bool inclusive)
{
    struct window w = {.from = 0, .to = INT64_MAX};

    if (has_oldest)
        w.from = inclusive ? oldest : oldest + 1;
    if (has_latest)
        w.to = inclusive ? latest : latest - 1;
    w.up = has_oldest && oldest > 0 && !has_latest;
    return w;
}

/* A cursor holds where the next page begins, in the direction of its listing. */
static enum err apply_cursor(struct call *c, struct str cursor, const char *kind, struct window *w)
{
    int64_t ts, up;

    if (cursor.n == 0)
        return OK;
    TRY(page_cursor(c, cursor, kind, &ts, &up));
    if (up != w->up)
        return ERR_INVALID_CURSOR;
    if (w->up && ts > w->from)
        w->from = ts;
    if (!w->up && ts < w->to)
        w->to = ts;
    return OK;
}

static void reverse(struct message_row *rows, int n)
{
    for (int i = 0; i < n / 2; i++) {
        struct message_row m = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = m;
    }
}

/* --- history -------------------------------------------------------------------------------------------------- */

static enum err load_page(struct call *c, const struct window *w, int64_t limit, struct message_row **rows, int *n,
                          bool *more)
{
    int64_t next;

    if (w->up)
        TRY(sql_message_history_up(c->db, c->arena, c->channel->id, w->from, w->to, limit + 1, rows, n));
    else
        TRY(sql_message_history(c->db, c->arena, c->channel->id, w->from, w->to, limit + 1, rows, n));
    *more = *n > limit;
    if (!*more) {
        if (w->up)
            reverse(*rows, *n);
        return OK;
    }
    next = (*rows)[limit].ts;
    *n = (int)limit;
    if (w->up)
        reverse(*rows, *n);
    page_next(c, "history", next, w->up);
    return OK;
}

static enum err put_messages(struct call *c, struct message_view *view, const struct message_row *rows, int n)
{
    json_open(&c->out, S("messages"), '[');
    for (int i = 0; i < n; i++)
        TRY(message_put(view, S(""), &rows[i]));
    json_close(&c->out, ']');
    return OK;
}

static struct page_key page_key_of(const struct call *c, const struct window *w, int64_t limit, bool metadata)
{
    return (struct page_key){
        .channel = c->channel->id,
        .version = c->channel->version,
        .from_ts = w->from,
        .to_ts = w->to,
        .limit = limit,
        .hour = page_hour(c),
        .origin = (int64_t)siphash(c->base_url),
        .flags = (metadata ? FLAG_METADATA : 0) | (w->up ? FLAG_UP : 0),
    };
}

/* The reply may be kept when nothing changed while it was read: rows and version come from two queries. */
static enum err keep_page(struct call *c, const struct page_key *key)
{
    int64_t version;
    bool found;

    TRY(sql_channel_version(c->db, c->arena, c->channel->id, &version, &found));
    if (found && version == key->version) {
        c->keep_as = ARENA_NEW(c->arena, struct page_key);
        *c->keep_as = *key;
    }
    return OK;
}

/* What stands behind the messages: today, and in answers of old. */
static enum err put_about(struct call *c, const struct conversations_history_args *a, bool more)
{
    int64_t unread;
    bool found;

    json_bool(&c->out, S("has_more"), more);
    if (!c->method->retired) {
        json_int(&c->out, S("pin_count"), c->channel->pins_n);
        json_null(&c->out, S("channel_actions_ts"));
        json_int(&c->out, S("channel_actions_count"), 0);
        return OK;
    }
    json_ts(&c->out, S("latest"), a->has_latest ? a->latest : c->now_us);
    if (!a->unreads)
        return OK;
    TRY(sql_message_unread_count(c->db, c->arena, c->channel->id, c->channel->last_read, c->who.user, &unread, &found));
    json_int(&c->out, S("unread_count_display"), c->channel->is_member ? unread : 0);
    return OK;
}

enum err conversations_history(struct call *c, const struct conversations_history_args *a)
{
    struct window w = read_window(a->has_oldest, a->oldest, a->has_latest, a->latest, a->inclusive);
    bool kept = c->pages && !c->method->retired; /* pages are kept in today's shape */
    struct message_view view;
    struct message_row *rows;
    struct page_key key;
    bool more;
    int n;

    TRY(apply_cursor(c, a->cursor, "history", &w));
    count_read(c, c->channel);
    key = page_key_of(c, &w, a->limit, a->include_all_metadata);
    if (kept && !c->warnings && (c->ready = page_cache_get(c->pages, &key)))
        return OK;
    TRY(load_page(c, &w, a->limit, &rows, &n, &more));
    TRY(message_view_open(c, c->channel, rows, n, &view));
    view.include_metadata = a->include_all_metadata;
    view.for_all = kept;
    TRY(put_messages(c, &view, rows, n));
    TRY(put_about(c, a, more));
    return kept ? keep_page(c, &key) : OK;
}

/* --- replies -------------------------------------------------------------------------------------------------- */

/* The thread's parent; ts may name the parent, a reply, or a message without thread. */
static enum err open_thread(struct call *c, int64_t ts, struct message_row **parent)
{
    struct message_row *m = ARENA_NEW(c->arena, struct message_row);
    bool found;

    TRY(sql_message_get(c->db, c->arena, c->channel->id, ts, m, &found));
    if (found && m->thread_ts && m->thread_ts != m->ts)
        TRY(sql_message_get(c->db, c->arena, c->channel->id, m->thread_ts, m, &found));
    *parent = m;
    return found ? OK : ERR_THREAD_NOT_FOUND;
}

enum err conversations_replies(struct call *c, const struct conversations_replies_args *a)
{
    struct window w = read_window(a->has_oldest, a->oldest, a->has_latest, a->latest, a->inclusive);
    bool first = a->cursor.n == 0;
    int64_t room = first ? a->limit - 1 : a->limit; /* the parent takes a place on the first page */
    struct message_row *parent, *replies, *rows;
    struct message_view view;
    bool more;
    int n;

    w.up = true; /* threads are read forward */
    TRY(apply_cursor(c, a->cursor, "replies", &w));
    TRY(open_thread(c, a->ts, &parent));
    count_read(c, c->channel);
    TRY(sql_message_replies(c->db, c->arena, c->channel->id, parent->ts, w.from, w.to, room + 1, &replies, &n));
    more = n > room;
    if (more) {
        page_next(c, "replies", replies[room].ts, true);
        n = (int)room;
    }
    rows = ARENA_ARRAY(c->arena, struct message_row, n + 1);
    rows[0] = *parent;
    if (n)
        memcpy(rows + first, replies, sizeof(*rows) * (size_t)n);
    n += first; /* the parent leads the first page */
    TRY(message_view_open(c, c->channel, rows, n, &view));
    view.thread = true;
    view.parent_user = parent->user_id;
    view.include_metadata = a->include_all_metadata;
    TRY(put_messages(c, &view, rows, n));
    json_bool(&c->out, S("has_more"), more);
    return OK;
}
