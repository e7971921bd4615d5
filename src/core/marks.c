#include "core/marks.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/rand.h"
#include "core/count.h"

/* KNOWN: a power of two.  WAITING_MAX is met only while the database takes nothing for long. */
enum { KNOWN = 1 << 17, PROBES = 4, WAITING_FIRST = 256, WAITING_MAX = 1 << 21 };

/* What is stored of somebody on a day, or of somebody in a conversation. */
struct known {
    int64_t place; /* the workspace, or the conversation */
    int64_t user;
    int32_t day;
    unsigned active;
};

/* Marks in order, with a table of where each stands: index + 1, 0 is free. */
struct waiting {
    struct mark *v;
    int *table;
    int n, cap; /* the table has twice as many places */
};

struct marks {
    pthread_mutex_t lock;
    bool full; /* and that was said */
    struct waiting waiting;
    struct known known[KNOWN];
};

struct marks *marks_new(void)
{
    struct marks *m = calloc(1, sizeof(*m));

    if (!m)
        abort();
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

static void waiting_free(struct waiting *w)
{
    free(w->v);
    free(w->table);
    *w = (struct waiting){0};
}

void marks_free(struct marks *m)
{
    if (!m)
        return;
    waiting_free(&m->waiting);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

/* Ids count up in time: multiplied they spread.  Nobody gains by making them collide: that costs rows written twice. */
static size_t spread(int64_t place, int64_t user, int64_t day)
{
    uint64_t h = (uint64_t)place * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)user;

    h = (h ^ (h >> 29) ^ (uint64_t)day) * UINT64_C(0xbf58476d1ce4e5b9);
    return (size_t)(h ^ (h >> 32));
}

static int64_t place_of(const struct mark *x)
{
    return x->channel ? x->channel : x->team;
}

/* --- what is known -------------------------------------------------------------------------------------------- */

static bool is_about(const struct known *k, const struct mark *x)
{
    return k->place == place_of(x) && k->user == x->user && k->day == (int32_t)x->day;
}

/* The entry of x; NULL when there is none.  With the lock held, as all below. */
static struct known *known_find(struct marks *m, const struct mark *x)
{
    size_t at = spread(place_of(x), x->user, x->day);

    for (size_t i = 0; i < PROBES; i++)
        if (is_about(&m->known[(at + i) % KNOWN], x))
            return &m->known[(at + i) % KNOWN];
    return NULL;
}

static bool is_known(struct marks *m, const struct mark *x)
{
    const struct known *k = known_find(m, x);

    return k && !x->searches && (k->active & x->active) == x->active;
}

/* The oldest day gives way; of the same day the first. */
static struct known *known_place(struct marks *m, const struct mark *x)
{
    size_t at = spread(place_of(x), x->user, x->day);
    struct known *best = &m->known[at % KNOWN];

    for (size_t i = 1; i < PROBES; i++)
        if (m->known[(at + i) % KNOWN].day < best->day)
            best = &m->known[(at + i) % KNOWN];
    return best;
}

static void learn(struct marks *m, const struct mark *x)
{
    struct known *k = known_find(m, x);

    if (!k) {
        k = known_place(m, x);
        *k = (struct known){.place = place_of(x), .user = x->user, .day = (int32_t)x->day};
    }
    k->active |= x->active;
}

bool marks_knows(struct marks *m, const struct mark *x)
{
    bool known;

    pthread_mutex_lock(&m->lock);
    known = is_known(m, x);
    pthread_mutex_unlock(&m->lock);
    return known;
}

void marks_learn(struct marks *m, const struct mark *x)
{
    pthread_mutex_lock(&m->lock);
    learn(m, x);
    pthread_mutex_unlock(&m->lock);
}

/* A mark that a call stores itself. */
struct stored {
    struct call_after after; /* first: a call_after * is a stored * */
    struct mark mark;
};

static void stored_done(struct call *c, struct call_after *after, bool kept)
{
    if (kept)
        marks_learn(c->marks, &((struct stored *)after)->mark);
}

void marks_learn_after(struct call *c, const struct mark *x)
{
    struct stored *stored;

    if (!c->marks)
        return;
    stored = ARENA_NEW(c->arena, struct stored);
    stored->after.done = stored_done;
    stored->mark = *x;
    call_after(c, &stored->after);
}

/* --- what waits ----------------------------------------------------------------------------------------------- */

static bool is_same(const struct mark *a, const struct mark *b)
{
    return a->team == b->team && a->user == b->user && a->channel == b->channel && a->day == b->day;
}

/* Where x stands in the table, or could. */
static int *slot_of(const struct waiting *w, const struct mark *x)
{
    size_t mask = (size_t)w->cap * 2 - 1, at = spread(place_of(x), x->user, x->day) & mask;

    while (w->table[at] && !is_same(&w->v[w->table[at] - 1], x))
        at = (at + 1) & mask;
    return &w->table[at];
}

static bool grow(struct waiting *w)
{
    struct waiting more = {.n = w->n, .cap = w->cap ? w->cap * 2 : WAITING_FIRST};

    if (more.cap > WAITING_MAX)
        return false;
    more.v = malloc(sizeof(*more.v) * (size_t)more.cap);
    more.table = calloc((size_t)more.cap * 2, sizeof(*more.table));
    if (!more.v || !more.table)
        abort();
    for (int i = 0; i < w->n; i++) {
        more.v[i] = w->v[i];
        *slot_of(&more, &more.v[i]) = i + 1;
    }
    waiting_free(w);
    *w = more;
    return true;
}

static bool add(struct waiting *w, const struct mark *x)
{
    int *slot;

    if (w->n == w->cap && !grow(w))
        return false;
    slot = slot_of(w, x);
    if (*slot) {
        struct mark *old = &w->v[*slot - 1];
        old->active |= x->active;
        old->searches += x->searches;
        return true;
    }
    w->v[w->n++] = *x;
    *slot = w->n;
    return true;
}

void marks_note(struct marks *m, const struct mark *x)
{
    bool say = false;

    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    if (!is_known(m, x) && !add(&m->waiting, x)) {
        say = !m->full;
        m->full = true;
    }
    pthread_mutex_unlock(&m->lock);
    if (say)
        log_error("activity_not_counted", "waiting=%d why=\"the database has taken nothing for long\"", WAITING_MAX);
}

struct mark_batch marks_take(struct marks *m)
{
    struct mark_batch batch;

    pthread_mutex_lock(&m->lock);
    batch = (struct mark_batch){m->waiting.v, m->waiting.n};
    m->waiting.v = NULL;
    waiting_free(&m->waiting);
    m->full = false;
    pthread_mutex_unlock(&m->lock);
    return batch;
}

/* --- into rows ------------------------------------------------------------------------------------------------ */

enum err mark_store(struct db *db, struct arena *a, const struct mark *x)
{
    unsigned active = x->active & ~(unsigned)MARK_SEEN;
    int64_t changed;

    if (x->channel)
        return sql_count_channel(db, a, x->team, x->day, x->channel, x->user, 0, 0, 1, &changed);
    if (x->active & MARK_SEEN)
        TRY(sql_count_claim(db, a, x->user, x->at_us, &changed));
    if (!active && !x->searches)
        return OK;
    TRY(sql_count_member(db, a, x->team, x->day, x->user, active, 0, 0, 0, 0, 0, 0, 0, 0, x->searches, &changed));
    return active & ACTIVE ? sql_count_active(db, a, x->team, x->user, x->day, &changed) : OK;
}

enum err marks_store(struct db *db, struct arena *a, const struct mark *v, int n)
{
    for (int i = 0; i < n; i++)
        TRY(mark_store(db, a, &v[i]));
    return OK;
}
