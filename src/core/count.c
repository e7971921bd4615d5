#include "core/count.h"

#include <stdatomic.h>

#include "base/day.h"
#include "core/marks.h"
#include "settings.h"

static _Atomic int64_t closed_upto;

int64_t count_day(int64_t us)
{
    int64_t day = day_of_us(us), open = atomic_load(&closed_upto) + 1;

    return day > open ? day : open;
}

void count_closed(int64_t day)
{
    atomic_store(&closed_upto, day);
}

/* Shell commands have no settings: what they do counts. */
bool count_is_off(const struct call *c)
{
    const struct settings *s = c->settings;

    return s && str_eq(s->analytics, S("off"));
}

unsigned count_client_bit(enum client_kind kind)
{
    static const unsigned bits[CLIENT_KINDS] = {
        [CLIENT_WEB] = ACTIVE_WEB,         [CLIENT_DESKTOP] = ACTIVE_DESKTOP, [CLIENT_IOS] = ACTIVE_IOS,
        [CLIENT_ANDROID] = ACTIVE_ANDROID, [CLIENT_APP] = ACTIVE_APPS,
    };

    return bits[kind];
}

static enum err store_mark(struct call *c, const struct mark *x)
{
    if (c->marks && marks_knows(c->marks, x))
        return OK;
    TRY(mark_store(c->db, c->arena, x));
    marks_learn_after(c, x);
    return OK;
}

/* --- what people do ------------------------------------------------------------------------------------------- */

static bool is_person(const struct call *c)
{
    return (c->who.kind == TOKEN_USER || c->who.kind == TOKEN_SESSION) && !c->who.is_bot;
}

enum err count_reaction(struct call *c, const struct channel_row *ch)
{
    int64_t day = count_day(c->now_us), changed;

    if (count_is_off(c) || !is_person(c))
        return OK;
    TRY(sql_count_channel(c->db, c->arena, ch->team_id, day, ch->id, c->who.user, 0, 1, 0, &changed));
    return sql_count_member(c->db, c->arena, ch->team_id, day, c->who.user, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, &changed);
}

enum err count_file(struct call *c)
{
    int64_t day = count_day(c->now_us), changed;

    if (count_is_off(c) || !is_person(c))
        return OK;
    return sql_count_member(c->db, c->arena, c->team, day, c->who.user, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, &changed);
}

static struct mark mark_of(const struct call *c, int64_t team)
{
    return (struct mark){.team = team, .user = c->who.user, .day = count_day(c->now_us), .at_us = c->now_us};
}

/* Of a read: the person is active, and has viewed the conversation. */
static void read_marks(const struct call *c, const struct channel_row *ch, struct mark out[2])
{
    out[0] = out[1] = mark_of(c, ch->team_id);
    out[0].active = ACTIVE | count_client_bit(client_kind_of(c));
    out[1].channel = ch->id;
}

void count_read(struct call *c, const struct channel_row *ch)
{
    struct mark marks[2];

    if (count_is_off(c) || !client_is_person(c))
        return;
    read_marks(c, ch, marks);
    marks_note(c->marks, &marks[0]);
    marks_note(c->marks, &marks[1]);
}

enum err count_read_now(struct call *c, const struct channel_row *ch)
{
    struct mark marks[2];

    if (count_is_off(c) || !client_is_person(c))
        return OK;
    read_marks(c, ch, marks);
    TRY(store_mark(c, &marks[0]));
    return store_mark(c, &marks[1]);
}

void count_search(struct call *c)
{
    struct mark x = mark_of(c, c->team);

    if (count_is_off(c) || !is_person(c))
        return;
    x.searches = 1;
    marks_note(c->marks, &x);
}

void count_seen(struct call *c)
{
    struct mark x = mark_of(c, c->team);

    if (count_is_off(c) || !is_person(c))
        return;
    x.active = MARK_SEEN | (client_is_app(c) ? ACTIVE_APPS : 0);
    marks_note(c->marks, &x);
}

/* --- what was ------------------------------------------------------------------------------------------------- */

enum err count_keep_member(struct call *c, int64_t user, struct kept_member *kept)
{
    int64_t changed;

    kept->id = user;
    return sql_keep_member(c->db, c->arena, user, day_of_us(c->now_us) - 1, &changed);
}

enum err count_keep_channel(struct call *c, const struct channel_row *ch, int64_t at_us)
{
    int64_t changed;

    return sql_keep_channel(c->db, c->arena, ch->team_id, ch->id, day_of_us(at_us) - 1, ch->kind, ch->archived,
                            ch->last_ts, &changed);
}

enum err count_keep_leaver(struct call *c, int64_t channel, int64_t user)
{
    int64_t changed;

    return sql_keep_leaver(c->db, c->arena, channel, user, c->now_us, &changed);
}
