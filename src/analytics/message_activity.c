#include "analytics/message_activity.h"

#include <stdlib.h>

#include "analytics/crowd.h"
#include "core/span.h"

/* Messages stand at positions: first those of the conversation itself, then thread by thread its replies, each part (a
 * lane) in order of time, so that a span covers positions from one to another.  A reply that was brought into the
 * conversation when it was posted has two. */
struct position {
    int64_t ts;
    int row;
};

struct lane {
    int64_t thread_ts; /* 0: the conversation */
    int first, n;      /* positions */
};

/* Somebody saw the messages of some positions, or touched one message. */
struct sighting {
    struct sighting *next;     /* of the same person */
    int16_t first, last, kind; /* positions and enum sight_client, or row, row and enum touch */
};

enum { POSITIONS_MAX = 2 * ACTIVITY_PAGE_MAX };
struct count {
    struct call *c;
    const struct channel_row *ch;
    const struct activity_rules *rules;
    const struct stub_row *rows;
    int n;
    struct message_activity *out;
    bool late[ACTIVITY_PAGE_MAX];
    struct position at[POSITIONS_MAX];
    int n_at;
    struct lane lanes[ACTIVITY_PAGE_MAX + 1];
    int n_lanes;
    const struct lane *lane; /* whose spans are being read */
    struct crowd crowd;
};

static bool is_reply(const struct stub_row *m)
{
    return m->thread_ts && m->thread_ts != m->ts;
}

static void keep(struct count *t, struct sighting **list, int first, int last, int kind)
{
    struct sighting *s = ARENA_NEW(t->c->arena, struct sighting);

    *s = (struct sighting){*list, (int16_t)first, (int16_t)last, (int16_t)kind};
    *list = s;
}

/* --- positions ------------------------------------------------------------------------------------------------ */

static int by_ts(const void *a, const void *b)
{
    const struct position *x = a, *y = b;

    return (x->ts > y->ts) - (x->ts < y->ts);
}

static struct lane *open_lane(struct count *t, int64_t thread_ts)
{
    t->lanes[t->n_lanes] = (struct lane){.thread_ts = thread_ts, .first = t->n_at};
    return &t->lanes[t->n_lanes++];
}

static void place(struct count *t, struct lane *l, int row)
{
    t->at[t->n_at++] = (struct position){t->rows[row].ts, row};
    l->n++;
}

static bool has_lane(const struct count *t, int64_t thread_ts)
{
    for (int i = 1; i < t->n_lanes; i++)
        if (t->lanes[i].thread_ts == thread_ts)
            return true;
    return false;
}

static void place_thread(struct count *t, int64_t thread_ts)
{
    struct lane *l = open_lane(t, thread_ts);

    for (int i = 0; i < t->n; i++)
        if (is_reply(&t->rows[i]) && t->rows[i].thread_ts == thread_ts)
            place(t, l, i);
}

static void place_all(struct count *t)
{
    struct lane *l = open_lane(t, 0);

    for (int i = 0; i < t->n; i++)
        if (!is_reply(&t->rows[i]) || (t->rows[i].broadcast && !t->late[i]))
            place(t, l, i);
    for (int i = 0; i < t->n; i++)
        if (is_reply(&t->rows[i]) && !has_lane(t, t->rows[i].thread_ts))
            place_thread(t, t->rows[i].thread_ts);
    for (int i = 0; i < t->n_lanes; i++)
        qsort(t->at + t->lanes[i].first, (size_t)t->lanes[i].n, sizeof(*t->at), by_ts);
}

/* The first position of the lane behind ts. */
static int behind(const struct count *t, int64_t ts)
{
    int low = t->lane->first, high = low + t->lane->n;

    while (low < high) {
        int middle = (low + high) / 2;
        if (t->at[middle].ts > ts)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* --- what is read --------------------------------------------------------------------------------------------- */

/* Position by position: not what the person wrote itself, and not what it has seen in the thread already. */
static void see_some(struct count *t, struct crowd_person *p, int first, int last, int client)
{
    for (int i = first; i <= last; i++)
        if (!crowd_skips(p, t->at[i].row))
            keep(t, &p->views, i, i, client);
}

/* What is seen in a thread is not seen again in the conversation. */
static void see_in_thread(struct count *t, struct crowd_person *p, int first, int last)
{
    for (int i = first; i <= last; i++)
        crowd_skip(&t->crowd, p, t->at[i].row);
}

static bool take_view(void *ctx, const struct sight_row *row)
{
    struct count *t = ctx;
    int first = behind(t, row->from_ts), last = behind(t, row->to_ts) - 1;
    int client = (int)row->client;
    struct crowd_person *p;

    if (first > last)
        return true;
    p = crowd_person(&t->crowd, row->user_id);
    if (p->skip)
        see_some(t, p, first, last, client);
    else
        keep(t, &p->views, first, last, client);
    if (t->lane->thread_ts)
        see_in_thread(t, p, first, last);
    return true;
}

/* Rows stand newest first. */
static int row_of(const struct count *t, int64_t ts)
{
    int low = 0, high = t->n - 1;

    while (low <= high) {
        int middle = (low + high) / 2;
        if (t->rows[middle].ts == ts)
            return middle;
        if (t->rows[middle].ts > ts)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return -1;
}

static bool take_touch(void *ctx, const struct touch_row *touch)
{
    struct count *t = ctx;
    int row = row_of(t, touch->ts);

    if (row < 0)
        return true;
    if (touch->what == TOUCH_LATE)
        t->late[row] = true;
    else
        keep(t, &crowd_person(&t->crowd, touch->user_id)->touches, row, row, (int)touch->what);
    return true;
}

static void skip_own(struct count *t)
{
    for (int i = 0; i < t->n && !t->rules->own_views; i++)
        if (t->rows[i].user_id)
            crowd_skip(&t->crowd, crowd_person(&t->crowd, t->rows[i].user_id), i);
}

static enum err read_lane(struct count *t, const struct lane *l)
{
    int64_t first, last;

    if (!l->n)
        return OK;
    t->lane = l;
    first = t->at[l->first].ts;
    last = t->at[l->first + l->n - 1].ts;
    if (l->thread_ts)
        return sql_sights_of_thread(t->c->db, t->c->arena, t->ch->id, l->thread_ts, first, last, take_view, t);
    TRY(sql_sights_open(t->c->db, t->c->arena, t->ch->id, first, last, take_view, t));
    for (int level = SPAN_LEVEL_MIN; level <= SPAN_LEVEL_MAX; level++)
        TRY(sql_sights_at(t->c->db, t->c->arena, t->ch->id, level, first, last, last + (INT64_C(1) << level), take_view,
                          t));
    return OK;
}

/* Threads first: who saw a reply there is not counted again for the conversation. */
static enum err read_all(struct count *t)
{
    TRY(sql_touches(t->c->db, t->c->arena, t->ch->id, t->rows[t->n - 1].ts, t->rows[0].ts, take_touch, t));
    skip_own(t);
    place_all(t);
    for (int i = t->n_lanes - 1; i >= 0; i--)
        TRY(read_lane(t, &t->lanes[i]));
    return crowd_load(&t->crowd, t->rules->department_field);
}

/* --- counting ------------------------------------------------------------------------------------------------- */

/* Differences from one position to the next; sums come at the end. */
struct steps {
    int64_t by[POSITIONS_MAX + 1];
};

static void step(struct steps *s, const struct sighting *v)
{
    s->by[v->first]++;
    s->by[v->last + 1]--;
}

/* Adds to *to of each message, which lie stride bytes apart. */
static void sum(const struct count *t, const struct steps *s, int64_t *to, size_t stride)
{
    int64_t here = 0;

    for (int i = 0; i < t->n_at; i++) {
        here += s->by[i];
        *(int64_t *)(void *)((char *)to + (size_t)t->at[i].row * stride) += here;
    }
}

static void count_views(struct count *t)
{
    struct steps *clients = ARENA_ARRAY(t->c->arena, struct steps, SIGHT_CLIENTS_N);

    for (const struct crowd_person *p = t->crowd.people; p; p = p->next)
        for (const struct sighting *s = p->counts ? p->views : NULL; s; s = s->next)
            step(&clients[s->kind], s);
    for (int k = 1; k < SIGHT_CLIENTS_N; k++)
        sum(t, &clients[k], &t->out[0].by_client[k], sizeof(*t->out));
    for (int i = 0; i < t->n; i++)
        for (int k = 1; k < SIGHT_CLIENTS_N; k++)
            t->out[i].views += t->out[i].by_client[k];
}

static void count_touches(struct count *t)
{
    for (const struct crowd_person *p = t->crowd.people; p; p = p->next)
        for (const struct sighting *s = p->counts ? p->touches : NULL; s; s = s->next)
            t->out[s->first].touched[s->kind]++;
}

/* --- groups --------------------------------------------------------------------------------------------------- */

/* What one group did with each message. */
struct deeds {
    struct steps views;
    struct activity_group with[ACTIVITY_PAGE_MAX];
};

static void count_deeds(const struct count *t, enum crowd_by by, const struct crowd_group *g, struct deeds *d)
{
    d->views = (struct steps){0};
    for (int i = 0; i < t->n; i++)
        d->with[i] = (struct activity_group){.name = g->name, .team = g->team};
    for (const struct crowd_person *p = g->people; p; p = p->next_of[by]) {
        for (const struct sighting *s = p->views; s; s = s->next)
            step(&d->views, s);
        for (const struct sighting *s = p->touches; s; s = s->next)
            d->with[s->first].touched[s->kind]++;
    }
    sum(t, &d->views, &d->with[0].views, sizeof(d->with[0]));
}

static int64_t most(const struct activity_group *g)
{
    int64_t n = g->views;

    for (int k = 1; k < TOUCH_KINDS_N; k++)
        n = g->touched[k] > n ? g->touched[k] : n;
    return n;
}

static int largest_first(const void *a, const void *b)
{
    const struct activity_group *x = a, *y = b;

    if (x->views != y->views)
        return x->views < y->views ? 1 : -1;
    if (x->team != y->team)
        return x->team < y->team ? -1 : 1;
    return str_cmp(x->name, y->name);
}

static int smallest_first(const void *a, const void *b)
{
    return largest_first(b, a);
}

/* The largest groups of one message, while all are gone through: when it is full a heap with the smallest on top. */
struct largest {
    struct activity_group *v;
    int n;
};

/* The new one on top goes down to where it belongs. */
static void sink(struct largest *l)
{
    struct activity_group *v = l->v, moved = v[0];
    int at = 0;

    for (int below = 1; below < l->n; below = 2 * at + 1) {
        if (below + 1 < l->n && smallest_first(&v[below + 1], &v[below]) < 0)
            below++;
        if (smallest_first(&moved, &v[below]) <= 0)
            break;
        v[at] = v[below];
        at = below;
    }
    v[at] = moved;
}

static void offer(struct largest *l, const struct activity_group *g)
{
    if (l->n < ACTIVITY_GROUPS_MAX) {
        l->v[l->n++] = *g;
        if (l->n == ACTIVITY_GROUPS_MAX)
            qsort(l->v, (size_t)l->n, sizeof(*l->v), smallest_first);
    } else if (largest_first(g, &l->v[0]) < 0) {
        l->v[0] = *g;
        sink(l);
    }
}

/* For each message the groups that did something with it and are large enough to be shown; group after group, for there
 * may be as many departments as people. */
static struct largest *find_largest(const struct count *t, enum crowd_by by)
{
    const struct crowd_groups *groups = &t->crowd.groups[by];
    struct largest *of = ARENA_ARRAY(t->c->arena, struct largest, t->n);
    struct deeds *d = ARENA_NEW(t->c->arena, struct deeds);
    int64_t least = t->rules->group_min > 1 ? t->rules->group_min : 1;
    int room = groups->n < ACTIVITY_GROUPS_MAX ? groups->n : ACTIVITY_GROUPS_MAX;

    for (int i = 0; i < t->n; i++)
        of[i].v = ARENA_ARRAY(t->c->arena, struct activity_group, room);
    for (const struct crowd_group *g = groups->all; g; g = g->next) {
        count_deeds(t, by, g, d);
        for (int i = 0; i < t->n; i++)
            if (most(&d->with[i]) >= least)
                offer(&of[i], &d->with[i]);
    }
    for (int i = 0; i < t->n; i++)
        qsort(of[i].v, (size_t)of[i].n, sizeof(*of[i].v), largest_first);
    return of;
}

static void count_groups(struct count *t)
{
    const struct largest *departments = find_largest(t, CROWD_BY_DEPARTMENT), *teams = find_largest(t, CROWD_BY_TEAM);

    for (int i = 0; i < t->n; i++) {
        t->out[i].departments = departments[i].v;
        t->out[i].n_departments = departments[i].n;
        t->out[i].teams = teams[i].v;
        t->out[i].n_teams = teams[i].n;
    }
}

enum err message_activity_count(struct call *c, const struct channel_row *ch, const struct activity_rules *rules,
                                const struct stub_row *rows, int n, struct message_activity *out)
{
    struct count *t = ARENA_NEW(c->arena, struct count);
    enum err e;

    if (!n)
        return OK;
    *t = (struct count){.c = c, .ch = ch, .rules = rules, .rows = rows, .n = n, .out = out, .crowd = {.c = c}};
    for (int i = 0; i < n; i++)
        out[i] = (struct message_activity){.ts = rows[i].ts};
    e = read_all(t);
    if (e == OK) {
        count_views(t);
        count_touches(t);
        count_groups(t);
    }
    crowd_close(&t->crowd);
    return e;
}
