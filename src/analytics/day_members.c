/* The members of a day, as they were. */
#include <stdlib.h>

#include "analytics/day.h"
#include "core/count.h"

enum { PAGE = 4096, BITS = 62, WEEK = 7, MONTH = 30 };

/* Former states of a part of the members, and where in them the walk is. */
struct walk {
    struct day *d;
    day_member *each;
    void *ctx;
    struct member_was_row *was;
    int n, at;
};

/* --- what held ------------------------------------------------------------------------------------------------ */

static void hold(struct member_day_row *row, const struct member_was_row *was)
{
    row->email = was->email;
    row->fields = was->fields;
    row->guest = was->guest;
    row->deleted = was->deleted;
}

static bool did_anything(const struct member_day_row *row)
{
    return row->active || row->messages || row->reactions || row->files || row->searches;
}

/* Puts into row what held at the day's end.  True when the person belonged to the workspace then or a day before, or
 * did anything (who came and went within the day): then it belonged during the day. */
static bool settle(struct walk *w, struct member_day_row *row)
{
    const struct member_was_row *before = NULL, *then = NULL;

    while (w->at < w->n && w->was[w->at].user_id < row->user_id)
        w->at++;
    if (w->at < w->n && w->was[w->at].user_id == row->user_id && w->was[w->at].upto_day < w->d->day)
        before = &w->was[w->at++];
    if (w->at < w->n && w->was[w->at].user_id == row->user_id)
        then = &w->was[w->at];
    if (then)
        hold(row, then);
    return !row->deleted || (before && !before->deleted) || did_anything(row);
}

/* --- totals --------------------------------------------------------------------------------------------------- */

/* On which days up to this one somebody was active: bit n is n days before. */
static uint64_t active_bits(const struct member_day_row *row, int64_t day)
{
    int64_t later = row->active_day - day;
    uint64_t bits = (uint64_t)row->active_bits;

    if (later >= BITS || later <= -BITS)
        return 0;
    return later >= 0 ? bits >> later : (bits << -later) & ((UINT64_C(1) << BITS) - 1);
}

static void add_people(struct people *p, const struct member_day_row *row)
{
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 1024;
        p->ids = realloc(p->ids, sizeof(*p->ids) * (size_t)p->cap);
        p->guest = realloc(p->guest, sizeof(*p->guest) * (size_t)p->cap);
        if (!p->ids || !p->guest)
            abort();
    }
    p->ids[p->n] = row->user_id;
    p->guest[p->n++] = row->guest != 0;
}

static void add_up(struct totals *t, const struct member_day_row *row, int64_t day)
{
    uint64_t bits = active_bits(row, day);

    t->members += !row->deleted;
    t->guests += !row->deleted && row->guest;
    t->daily += (row->active & ACTIVE) != 0;
    t->weekly += (bits & ((UINT64_C(1) << WEEK) - 1)) != 0;
    t->monthly += (bits & ((UINT64_C(1) << MONTH) - 1)) != 0;
    t->desktop += (row->active & ACTIVE_DESKTOP) != 0;
    t->ios += (row->active & ACTIVE_IOS) != 0;
    t->android += (row->active & ACTIVE_ANDROID) != 0;
    t->web += (row->active & ACTIVE_WEB) != 0;
    t->posters += row->messages > 0;
    t->member_messages += row->messages;
    t->desktop_messages += row->desktop_messages;
    t->ios_messages += row->ios_messages;
    t->android_messages += row->android_messages;
    t->app_messages += row->app_messages;
    t->reactions += row->reactions;
    t->files += row->files;
    t->searches += row->searches;
}

/* --- the walk ------------------------------------------------------------------------------------------------- */

static bool visit(void *ctx, const struct member_day_row *now)
{
    struct walk *w = ctx;
    struct day *d = w->d;
    struct member_day_row row = *now;

    if (settle(w, &row)) {
        if (!row.deleted)
            add_people(&d->people, &row);
        add_up(&d->totals, &row, d->day);
        if (w->each)
            w->each(w->ctx, d, &row);
    }
    arena_reset(d->row);
    return true;
}

/* The next former states, and up to which person they are complete. */
static enum err next_page(struct walk *w, int64_t after, int64_t *upto)
{
    struct day *d = w->d;

    arena_reset(d->page);
    w->at = 0;
    TRY(sql_member_was_page(d->db, d->page, d->team.id, d->day - 1, after, PAGE, &w->was, &w->n));
    *upto = w->n < PAGE ? INT64_MAX : w->was[w->n - 1].user_id - 1;
    return OK;
}

enum err day_members(struct day *d, day_member *each, void *ctx)
{
    struct walk w = {.d = d, .each = each, .ctx = ctx};
    int64_t after = 0, upto = 0;

    d->totals = (struct totals){0};
    d->people.n = 0;
    while (after != INT64_MAX) {
        TRY(next_page(&w, after, &upto));
        TRY(sql_member_days(d->db, d->row, d->team.id, d->day, d->to_us, d->employee_field.n > 0, after, upto, visit,
                            &w));
        after = upto;
    }
    return OK;
}
