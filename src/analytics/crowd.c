#include "analytics/crowd.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/json.h"
#include "base/rand.h"
#include "sql.h"

enum { BATCH = 2000, ID_TEXT_MAX = 21, SCRATCH_BYTES = 1 << 14 };

struct crowd_person *crowd_person(struct crowd *w, int64_t user)
{
    struct crowd_person *p = map_get(&w->by_user, user);

    if (p)
        return p;
    p = ARENA_NEW(w->c->arena, struct crowd_person);
    p->user = user;
    p->next = w->people;
    w->people = p;
    map_put(&w->by_user, user, p);
    return p;
}

void crowd_skip(struct crowd *w, struct crowd_person *p, int row)
{
    if (!p->skip)
        p->skip = ARENA_ARRAY(w->c->arena, uint64_t, CROWD_ROWS_MAX / 64);
    p->skip[row / 64] |= UINT64_C(1) << (row % 64);
}

void crowd_close(struct crowd *w)
{
    map_free(&w->by_user);
    for (int by = 0; by < CROWD_BYS_N; by++)
        map_free(&w->groups[by].by_key);
}

/* --- groups --------------------------------------------------------------------------------------------------- */

/* The department of this name, or the workspace. */
static struct crowd_group *group(struct crowd *w, enum crowd_by by, int64_t key, struct str name, int64_t team)
{
    struct crowd_groups *groups = &w->groups[by];
    struct crowd_group *first = map_get(&groups->by_key, key), *g = first;

    while (g && !str_eq(g->name, name))
        g = g->same;
    if (g)
        return g;
    g = ARENA_NEW(w->c->arena, struct crowd_group);
    *g = (struct crowd_group){.name = arena_dup(w->c->arena, name), .team = team, .next = groups->all, .same = first};
    groups->all = g;
    groups->n++;
    map_put(&groups->by_key, key, g);
    return g;
}

static void join(struct crowd_person *p, enum crowd_by by, struct crowd_group *g)
{
    p->next_of[by] = g->people;
    g->people = p;
}

/* --- who they are --------------------------------------------------------------------------------------------- */

struct loading {
    struct crowd *crowd;
    struct str field;
    struct arena *scratch; /* for one profile at a time */
};

/* What a profile says in the field: {"Xf…": {"value": …, "alt": …}}. */
static struct str field_value(struct loading *l, struct str fields)
{
    if (!l->field.n || str_find(fields, l->field) < 0)
        return S("");
    arena_reset(l->scratch);
    return str_trim(json_get_str(json_get(json_parse(l->scratch, fields, NULL), l->field), S("value")));
}

static bool take_person(void *ctx, const struct viewer_row *row)
{
    struct loading *l = ctx;
    struct crowd_person *p = map_get(&l->crowd->by_user, row->id);
    struct str department;

    p->counts = !row->is_bot;
    if (!p->counts)
        return true;
    department = field_value(l, row->fields);
    if (department.n)
        join(p, CROWD_BY_DEPARTMENT,
             group(l->crowd, CROWD_BY_DEPARTMENT, (int64_t)(siphash(department) | 1), department, 0));
    if (row->team_id)
        join(p, CROWD_BY_TEAM, group(l->crowd, CROWD_BY_TEAM, row->team_id, S(""), row->team_id));
    return true;
}

static int by_user(const void *a, const void *b)
{
    int64_t x = (*(struct crowd_person *const *)a)->user, y = (*(struct crowd_person *const *)b)->user;

    return (x > y) - (x < y);
}

/* In the order in which the database has them, which is read much faster. */
static struct crowd_person **in_order(struct crowd *w, int *n)
{
    struct crowd_person **all = ARENA_ARRAY(w->c->arena, struct crowd_person *, w->by_user.n);

    *n = 0;
    for (struct crowd_person *p = w->people; p; p = p->next)
        all[(*n)++] = p;
    qsort(all, (size_t)*n, sizeof(struct crowd_person *), by_user);
    return all;
}

static enum err load_batch(struct loading *l, struct crowd_person *const *people, int n)
{
    struct call *c = l->crowd->c;
    struct buf ids = buf_in(c->arena, (size_t)n * ID_TEXT_MAX);

    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(&ids, ',');
        buf_i64(&ids, people[i]->user);
    }
    return sql_viewers(c->db, c->arena, buf_view(&ids), l->field.n > 0, take_person, l);
}

enum err crowd_load(struct crowd *w, struct str department_field)
{
    struct loading l = {.crowd = w, .field = department_field, .scratch = arena_new(SCRATCH_BYTES)};
    enum err e = OK;
    int n;
    struct crowd_person **people = in_order(w, &n);

    for (int i = 0; e == OK && i < n; i += BATCH)
        e = load_batch(&l, people + i, n - i < BATCH ? n - i : BATCH);
    arena_free(l.scratch);
    return e;
}
