#include "core/sight.h"

#include "core/client_kind.h"
#include "core/span.h"
#include "core/touch.h"
#include "store/db.h"

/* The spans of one person in one place: those that the new one touches, and the newest of all. */
struct track {
    struct call *c;
    int64_t channel, thread_ts, user;
    bool is_member;          /* the newest span lies beside its read cursor */
    struct sight_row newest; /* to_ts 0: none */
    bool newest_moved;       /* it was a row until now */
    struct span *had;        /* rows, in order; the newest is not among them */
    int n_had;
};

static struct span span_of(const struct sight_row *row)
{
    return (struct span){row->from_ts, row->to_ts, row->client};
}

/* --- rows ----------------------------------------------------------------------------------------------------- */

static enum err add_row(const struct track *t, const struct span *s)
{
    int64_t changed;

    return sql_sight_add(t->c->db, t->c->arena, t->channel, t->thread_ts, t->user, s->to, s->from, s->client,
                         span_level(s->from, s->to), &changed);
}

static enum err remove_row(const struct track *t, int64_t to)
{
    int64_t changed;

    return sql_sight_remove(t->c->db, t->c->arena, t->channel, t->thread_ts, t->user, to, &changed);
}

/* The newest span, wherever it lies.  Who comes back into a conversation has none beside its cursor yet. */
static enum err load_newest(struct track *t)
{
    struct sight_row row;
    bool found;

    if (!t->thread_ts) /* threads have no cursor */
        TRY(sql_member_seen(t->c->db, t->c->arena, t->channel, t->user, &t->newest, &t->is_member));
    if (!t->is_member || t->newest.to_ts)
        return OK;
    TRY(sql_sight_newest(t->c->db, t->c->arena, t->channel, t->thread_ts, t->user, &row, &found));
    if (!found)
        return OK;
    t->newest = row;
    t->newest_moved = true;
    return remove_row(t, row.to_ts);
}

static enum err load(struct track *t, const struct span *add)
{
    struct sight_row *rows;
    int n;

    TRY(load_newest(t));
    TRY(sql_sight_touching(t->c->db, t->c->arena, t->channel, t->thread_ts, t->user, add->from, add->to, &rows, &n));
    t->had = ARENA_ARRAY(t->c->arena, struct span, n + 1);
    t->n_had = n;
    for (int i = 0; i < n; i++)
        t->had[i] = span_of(&rows[i]);
    return OK;
}

static bool is_among(const struct span *s, const struct span *list, int n)
{
    for (int i = 0; i < n; i++)
        if (span_same(s, &list[i]))
            return true;
    return false;
}

/* Rows become those of list. */
static enum err replace(const struct track *t, const struct span *list, int n)
{
    for (int i = 0; i < t->n_had; i++)
        if (!is_among(&t->had[i], list, n))
            TRY(remove_row(t, t->had[i].to));
    for (int i = 0; i < n; i++)
        if (!is_among(&list[i], t->had, t->n_had))
            TRY(add_row(t, &list[i]));
    return OK;
}

/* On PostgreSQL two clients of one person may add at once, neither seeing what the other does: both write to one row
 * before they look, so that one of them is done again.  SQLite has one writer. */
static enum err hold(struct call *c, int64_t channel)
{
    int64_t changed;

    if (db_engine(c->db) == DB_SQLITE)
        return OK;
    TRY(sql_member_hold(c->db, c->arena, channel, c->who.user, &changed));
    return changed ? OK : sql_sight_hold(c->db, c->arena, channel, c->who.user, &changed);
}

/* --- adding --------------------------------------------------------------------------------------------------- */

/* What was there and the new one, in order: the newest span ends last, and so stands behind the others. */
static int join(const struct track *t, struct span add, struct span *out)
{
    struct span *all = ARENA_ARRAY(t->c->arena, struct span, t->n_had + 1);
    int n = t->n_had;

    for (int i = 0; i < n; i++)
        all[i] = t->had[i];
    if (t->newest.to_ts)
        all[n++] = span_of(&t->newest);
    return span_add(all, n, add, out);
}

static enum err set_newest(const struct track *t, const struct span *s)
{
    struct span before = span_of(&t->newest);
    int64_t changed;

    if (span_same(s, &before) && !t->newest_moved)
        return OK;
    return sql_member_set_seen(t->c->db, t->c->arena, t->channel, t->user, s->from, s->to, s->client, &changed);
}

static enum err add_span(struct call *c, int64_t channel, int64_t thread_ts, struct span add)
{
    struct track t = {.c = c, .channel = channel, .thread_ts = thread_ts, .user = c->who.user};
    struct span *now;
    int n;

    if (add.from >= add.to)
        return OK;
    TRY(hold(c, channel));
    TRY(load(&t, &add));
    now = ARENA_ARRAY(c->arena, struct span, 2 * (t.n_had + 1) + 1);
    n = join(&t, add, now);
    if (t.is_member)
        TRY(set_newest(&t, &now[--n]));
    return replace(&t, now, n);
}

/* What the caller sees with; 0: it is no person, or its views are not kept. */
static int64_t client_of(const struct call *c, const struct channel_row *ch)
{
    enum client_kind kind;

    if (c->who.kind != TOKEN_USER && c->who.kind != TOKEN_SESSION)
        return 0;
    kind = activity_kept(c, ch) ? client_kind_of(c) : CLIENT_APP;
    if (kind == CLIENT_APP)
        return 0;
    if (kind == CLIENT_IOS || kind == CLIENT_ANDROID)
        return SIGHT_MOBILE;
    return kind == CLIENT_DESKTOP ? SIGHT_DESKTOP : SIGHT_WEB;
}

/* --- the read cursor ------------------------------------------------------------------------------------------ */

static enum err mark_counted(struct call *c, const struct channel_row *ch, int64_t ts, int64_t client)
{
    int64_t seen_to = ts < ch->last_ts ? ts : ch->last_ts; /* what is not written yet is not seen */
    int64_t changed, between;
    bool found;

    TRY(sql_member_read_on(c->db, c->arena, ch->id, c->who.user, ts, client, seen_to, ch->last_read, &changed));
    if (changed)
        return OK;
    TRY(sql_member_mark(c->db, c->arena, ch->id, c->who.user, ts, &changed));
    if (seen_to <= ch->last_read)
        return OK;
    TRY(sql_messages_between(c->db, c->arena, ch->id, ch->last_read, seen_to, SIGHT_STEP_MAX + 1, &between, &found));
    if (between > SIGHT_STEP_MAX)
        return OK;
    return add_span(c, ch->id, 0, (struct span){ch->last_read, seen_to, client});
}

enum err sight_mark(struct call *c, const struct channel_row *ch, int64_t ts)
{
    int64_t client = client_of(c, ch), changed;

    if (client)
        return mark_counted(c, ch, ts, client);
    return sql_member_mark(c->db, c->arena, ch->id, c->who.user, ts, &changed);
}

/* --- reports -------------------------------------------------------------------------------------------------- */

/* A span begins where the message before it stands, so that those of messages read one after the other become one. */
static enum err begin_of(struct call *c, int64_t channel, const struct stub_row *m, bool is_reply, int64_t *from)
{
    int64_t before;
    bool found;

    *from = m->ts - 1;
    if (is_reply)
        TRY(sql_reply_before(c->db, c->arena, channel, m->thread_ts, m->ts, &before, &found));
    else
        TRY(sql_message_earlier(c->db, c->arena, channel, m->ts, &before, &found));
    if (found)
        *from = before;
    return OK;
}

/* Did the read cursor pass a reply that stands in the conversation too? */
static enum err is_passed(struct call *c, int64_t channel, int64_t ts, bool *passed)
{
    struct sight_row *rows, newest;
    bool is_member, is_late;
    int n;

    *passed = false;
    TRY(touch_has(c, channel, ts, TOUCH_LATE, 0, &is_late));
    if (is_late)
        return OK;
    TRY(sql_member_seen(c->db, c->arena, channel, c->who.user, &newest, &is_member));
    *passed = is_member && newest.from_ts < ts && ts <= newest.to_ts;
    if (*passed)
        return OK;
    TRY(sql_sight_touching(c->db, c->arena, channel, 0, c->who.user, ts, ts, &rows, &n));
    for (int i = 0; i < n; i++)
        *passed = *passed || (rows[i].from_ts < ts && ts <= rows[i].to_ts);
    return OK;
}

enum err sight_report(struct call *c, const struct channel_row *ch, const struct stub_row *m)
{
    bool is_reply = m->thread_ts && m->thread_ts != m->ts, passed;
    int64_t client = client_of(c, ch), from;

    if (!client)
        return OK;
    if (is_reply && m->broadcast) {
        TRY(is_passed(c, ch->id, m->ts, &passed));
        if (passed)
            return OK;
    }
    TRY(begin_of(c, ch->id, m, is_reply, &from));
    return add_span(c, ch->id, is_reply ? m->thread_ts : 0, (struct span){from, m->ts, client});
}

enum err sight_keep(struct call *c, int64_t channel, int64_t user)
{
    struct track t = {.c = c, .channel = channel, .user = user};
    struct sight_row newest;
    bool found;

    TRY(sql_member_seen(c->db, c->arena, channel, user, &newest, &found));
    if (!found || !newest.to_ts)
        return OK;
    return add_row(&t, &(struct span){newest.from_ts, newest.to_ts, newest.client});
}
