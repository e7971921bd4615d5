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
    map_free(&w->departments_by_hash);
    map_free(&w->teams_by_id);
}

/* --- groups --------------------------------------------------------------------------------------------------- */

static struct crowd_group *team_group(struct crowd *w, int64_t team)
{
    struct crowd_group *g = team ? map_get(&w->teams_by_id, team) : NULL;

    if (g || !team)
        return g;
    g = ARENA_NEW(w->c->arena, struct crowd_group);
    *g = (struct crowd_group){.team = team, .index = w->n_teams++, .next = w->teams};
    w->teams = g;
    map_put(&w->teams_by_id, team, g);
    return g;
}

static struct crowd_group *department_group(struct crowd *w, struct str name)
{
    int64_t key = (int64_t)(siphash(name) | 1);
    struct crowd_group *first = map_get(&w->departments_by_hash, key), *g = first;

    while (g && !str_eq(g->name, name))
        g = g->same;
    if (g)
        return g;
    g = ARENA_NEW(w->c->arena, struct crowd_group);
    *g = (struct crowd_group){
        .name = arena_dup(w->c->arena, name), .index = w->n_departments++, .next = w->departments, .same = first};
    w->departments = g;
    map_put(&w->departments_by_hash, key, g);
    return g;
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
    struct str department = field_value(l, row->fields);

    p->counts = !row->is_bot;
    p->team = team_group(l->crowd, row->team_id);
    if (department.n)
        p->department = department_group(l->crowd, department);
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
