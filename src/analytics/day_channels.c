/* The channels of a day, as they were. */
#include <stdlib.h>

#include "analytics/day.h"
#include "base/map.h"
#include "core/call.h"

enum { PAGE = 4096 };

struct walk {
    struct day *d;
    day_channel *each;
    void *ctx;
    struct map rooms; /* of the channels: struct day_room */
    struct channel_was_row *was;
    int n, at;
};

/* --- who was in ----------------------------------------------------------------------------------------------- */

/* Where the person stands among the day's people; -1 for bots and for who had left. */
static int person_at(const struct people *p, int64_t user)
{
    int low = 0, high = p->n;

    while (low < high) {
        int mid = (low + high) / 2;
        if (p->ids[mid] < user)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n && p->ids[low] == user ? low : -1;
}

static bool count_person(void *ctx, const struct channel_person_row *row)
{
    struct walk *w = ctx;
    int at = person_at(&w->d->people, row->user_id);
    struct day_room *room;

    if (at < 0)
        return true;
    room = map_get(&w->rooms, row->channel_id);
    if (!room) {
        room = ARENA_NEW(w->d->arena, struct day_room);
        map_put(&w->rooms, row->channel_id, room);
    }
    room->members++;
    room->guests += w->d->people.guest[at];
    return true;
}

/* --- the walk ------------------------------------------------------------------------------------------------- */

static void settle(struct walk *w, struct channel_day_row *row)
{
    while (w->at < w->n && w->was[w->at].channel_id < row->id)
        w->at++;
    if (w->at == w->n || w->was[w->at].channel_id != row->id)
        return;
    row->kind = w->was[w->at].kind;
    row->archived = w->was[w->at].archived;
    row->last_ts = w->was[w->at].last_ts;
}

static bool visit(void *ctx, const struct channel_day_row *now)
{
    static const struct day_room empty = {0};
    struct walk *w = ctx;
    const struct day_room *room = map_get(&w->rooms, now->id);
    struct channel_day_row row = *now;

    settle(w, &row);
    w->each(w->ctx, w->d, &row, room ? room : &empty);
    arena_reset(w->d->row);
    return true;
}

static enum err walk(struct walk *w)
{
    struct day *d = w->d;
    int64_t after = 0, upto = 0;

    TRY(sql_channel_people(d->db, d->row, d->team.id, d->to_us, count_person, w));
    while (after != INT64_MAX) {
        arena_reset(d->page);
        w->at = 0;
        TRY(sql_channel_was_page(d->db, d->page, d->team.id, d->day, after, PAGE, &w->was, &w->n));
        upto = w->n < PAGE ? INT64_MAX : w->was[w->n - 1].channel_id - 1;
        TRY(sql_channel_days(d->db, d->row, d->team.id, d->day, d->to_us, after, upto, visit, w));
        after = upto;
    }
    return OK;
}

enum err day_channels(struct day *d, day_channel *each, void *ctx)
{
    struct walk w = {.d = d, .each = each, .ctx = ctx};
    enum err e = walk(&w);

    map_free(&w.rooms);
    return e;
}
