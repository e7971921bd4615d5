#include "core/said.h"

#include <stdatomic.h>

#include "base/day.h"
#include "core/client_kind.h"
#include "core/count.h"
#include "core/message.h"
#include "store/db.h"

enum { HOW_BY_SERVER = 1, HOW_BY_CLIENT = 2 };

/* Never less than the mark in the database: it is moved on the lane's thread, before the commit. */
static _Atomic int64_t counted_upto;
static atomic_bool waits;

enum err said_open(struct db *db, struct arena *a)
{
    int64_t upto = 0;
    bool found;

    TRY(sql_count_mark_get(db, a, &upto, &found));
    atomic_store(&counted_upto, upto);
    atomic_store(&waits, db_engine(db) == DB_SQLITE); /* whatever the last process left */
    return OK;
}

bool said_waits(void)
{
    return atomic_exchange(&waits, false);
}

void said_still_waits(void)
{
    atomic_store(&waits, true);
}

/* --- of a message --------------------------------------------------------------------------------------------- */

/* Does a person speak, itself or through an app that acts in its name? */
static bool is_of_person(const struct message_row *m)
{
    return m->user_id && !m->bot_id && m->user_id != slackbot_id() && !str_eq(m->subtype, S("bot_message"));
}

static struct said said_of(const struct call *c, const struct message_row *m)
{
    if (count_is_off(c) || !message_is_said(m))
        return (struct said){0};
    if (!is_of_person(m))
        return (struct said){.how = HOW_BY_SERVER};
    if (c->who.user != m->user_id) /* the server posts what was scheduled */
        return (struct said){.user = m->user_id, .how = HOW_BY_SERVER};
    return (struct said){.user = m->user_id, .how = HOW_BY_CLIENT + client_kind_of(c)};
}

/* Clocks are set back: what would stand before the mark is counted now. */
struct said said_later(const struct call *c, const struct message_row *m)
{
    struct said said = {0};

    if (c->marks && db_engine(c->db) == DB_SQLITE && m->ts > atomic_load(&counted_upto))
        said = said_of(c, m);
    if (said.how)
        atomic_store(&waits, true);
    return said;
}

/* --- into rows ------------------------------------------------------------------------------------------------ */

static enum client_kind kind_of(const struct said_row *r)
{
    return r->how >= HOW_BY_CLIENT ? (enum client_kind)(r->how - HOW_BY_CLIENT) : CLIENT_WEB;
}

static int64_t if_kind(const struct said_row *r, enum client_kind kind)
{
    return kind_of(r) == kind ? r->messages : 0;
}

static struct mark mark_of(const struct said_row *r)
{
    unsigned client = r->how >= HOW_BY_CLIENT ? count_client_bit(kind_of(r)) : 0;

    return (struct mark){
        .team = r->team_id, .user = r->user_id, .day = count_day(r->day * DAY_US), .active = ACTIVE | client};
}

static enum err store_rows(struct db *db, struct arena *a, const struct said_row *r)
{
    int64_t in_channels = r->kind == CHANNEL_PUBLIC || r->kind == CHANNEL_PRIVATE ? r->messages : 0, changed;
    struct mark x = mark_of(r);

    TRY(sql_count_channel(db, a, x.team, x.day, r->channel_id, r->user_id, r->messages, 0, 0, &changed));
    if (!r->user_id)
        return OK;
    return sql_count_member(db, a, x.team, x.day, x.user, x.active, r->messages, in_channels,
                            if_kind(r, CLIENT_DESKTOP), if_kind(r, CLIENT_IOS), if_kind(r, CLIENT_ANDROID),
                            if_kind(r, CLIENT_APP), 0, 0, 0, &changed);
}

/* The days on which somebody was active are kept once a day.  *fresh: that is not known to be stored. */
static enum err store(struct db *db, struct arena *a, struct marks *marks, const struct said_row *r, bool *fresh)
{
    struct mark x = mark_of(r);
    int64_t changed;

    TRY(store_rows(db, a, r));
    *fresh = r->user_id && !(marks && marks_knows(marks, &x));
    return *fresh ? sql_count_active(db, a, x.team, x.user, x.day, &changed) : OK;
}

static enum err store_now(struct call *c, const struct said_row *r)
{
    struct mark x = mark_of(r);
    bool fresh;

    TRY(store(c->db, c->arena, c->marks, r, &fresh));
    if (fresh)
        marks_learn_after(c, &x);
    return OK;
}

enum err said_count(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    struct said said = said_of(c, m);
    struct said_row r = {.team_id = ch->team_id,
                         .channel_id = ch->id,
                         .kind = ch->kind,
                         .user_id = said.user,
                         .how = said.how,
                         .day = day_of_us(m->ts),
                         .messages = 1};

    return said.how ? store_now(c, &r) : OK;
}

enum err said_count_before_removal(struct call *c, const struct message_row *m)
{
    struct said_row r;
    bool found;

    if (db_engine(c->db) != DB_SQLITE)
        return OK;
    TRY(sql_said_waiting_one(c->db, c->arena, m->channel_id, m->ts, &r, &found));
    return found ? store_now(c, &r) : OK;
}

/* --- catching up ---------------------------------------------------------------------------------------------- */

static enum err count_row(struct db *db, struct arena *a, const struct said_row *r, struct said_batch *b)
{
    bool fresh;

    if (!r->how)
        return OK;
    TRY(store(db, a, b->marks, r, &fresh));
    if (fresh)
        b->active[b->n++] = mark_of(r);
    return OK;
}

enum err said_count_some(struct db *db, struct arena *a, struct said_batch *b)
{
    int64_t upto = 0, docs = 0, changed;
    struct said_row *rows;
    int n;

    TRY(sql_said_waiting(db, a, b->limit, &rows, &n));
    b->active = ARENA_ARRAY(a, struct mark, n + 1);
    b->n = 0;
    for (int i = 0; i < n; i++) {
        TRY(count_row(db, a, &rows[i], b));
        docs += rows[i].messages;
        upto = rows[i].upto > upto ? rows[i].upto : upto;
    }
    b->more = docs == b->limit;
    if (!n)
        return OK;
    if (upto > atomic_load(&counted_upto))
        atomic_store(&counted_upto, upto);
    return sql_count_mark_set(db, a, upto, &changed);
}
