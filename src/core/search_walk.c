/* Matches of the index, and of what it does not tell rightly yet, in order of time. */
#include "base/clock.h"
#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

enum { CHUNK = 200, SCANNED_MAX = 4000, PIECES = 64, PIECE_GROWTH = 4, SEARCH_US = 12000, REST_US = 1000 };

/* --- pieces of time ------------------------------------------------------------------------------------------- */

/* The indexed documents from the newest to the oldest, in pieces of time. */
struct pieces {
    int64_t low, high, span; /* high: the newest that no piece held yet */
    int64_t began_us;        /* the piece at hand */
};

/* Words that stand together now and then, but each of them everywhere, cost a look at every message.  So SQLite is
 * asked for pieces, until the whole search has taken SEARCH_US; PostgreSQL, which looks at all that matches whatever
 * the piece, is asked once. */
static enum err pieces_begin(struct finder *f, struct pieces *p)
{
    struct call *c = f->c;
    bool found, pg = db_engine(c->db) == DB_POSTGRES; /* which indexes at once, and keeps no mark */
    int64_t oldest = 0;

    TRY(sql_search_doc_oldest(c->db, c->arena, &oldest, &found));
    p->high = pg || search_last_id(f) < f->upto ? search_last_id(f) : f->upto;
    p->low = f->q->from_us > oldest ? f->q->from_us : oldest;
    p->span = p->high <= p->low ? 0 : p->high - p->low;
    p->began_us = clock_thread_us();
    if (!pg)
        p->span /= PIECES;
    return OK;
}

static int64_t piece_low(const struct pieces *p)
{
    return p->high - p->low <= p->span ? p->low : p->high - p->span;
}

/* What is left of the time that a search may take. */
static int64_t time_left(const struct finder *f)
{
    return f->began_us + SEARCH_US - clock_thread_us();
}

static bool took_long(const struct finder *f)
{
    return time_left(f) < REST_US;
}

/* So much longer or shorter than the last piece that it takes half of the time that is left. */
static void fit_piece(const struct finder *f, struct pieces *p)
{
    int64_t now_us = clock_thread_us(), took_us = now_us - p->began_us + 1, goal_us = time_left(f) / 2;

    if (goal_us >= took_us * PIECE_GROWTH || goal_us <= 0) /* out of time: who still looks needs all they can get */
        p->span *= PIECE_GROWTH;
    else
        p->span = (int64_t)((double)p->span * (double)goal_us / (double)took_us) + 1;
    p->began_us = now_us;
}

/* True when there is one more. */
static bool piece_next(const struct finder *f, struct pieces *p)
{
    int64_t from = piece_low(p);
    bool more = from > p->low;

    p->high = from - 1;
    fit_piece(f, p);
    return more;
}

/* --- going through what matches ------------------------------------------------------------------------------- */

/* Matches of the index and of what waits, as one list in one direction. */
struct walk {
    struct finder *f;
    bool oldest_first;
    int64_t from, to;      /* ids of the documents that were not looked at yet */
    int64_t skip;          /* of their matches, so many are passed over */
    struct pieces *pieces; /* newest first, and no further than time allows once there are `enough`; or NULL */
    int64_t enough, given;
    int64_t at_tail; /* how many were taken */
    struct search_row *rows;
    int n, next;
    bool end, cut; /* cut: time has ended it */
};

/* What the index tells wrongly is looked at apart. */
static void drop_changed(struct walk *w)
{
    int kept = 0;

    for (int i = 0; w->f->n_changed && i < w->n; i++)
        if (!search_is_changed(w->f, w->rows[i].id))
            w->rows[kept++] = w->rows[i];
    if (w->f->n_changed)
        w->n = kept;
}

static enum err refill_range(struct walk *w, int64_t limit)
{
    struct finder *f = w->f;
    struct call *c = f->c;

    TRY((w->oldest_first ? sql_search_oldest : sql_search_newest)(c->db, c->arena, f->match, w->from, w->to, limit,
                                                                  w->skip, f->phrases, &w->rows, &w->n));
    w->skip = 0;
    w->end = w->n < limit;
    if (w->n && w->oldest_first)
        w->from = w->rows[w->n - 1].id + 1;
    else if (w->n)
        w->to = w->rows[w->n - 1].id - 1;
    drop_changed(w);
    return OK;
}

static enum err refill_pieces(struct walk *w, int64_t limit)
{
    w->from = piece_low(w->pieces);
    w->to = w->to < w->pieces->high ? w->to : w->pieces->high;
    TRY(refill_range(w, limit));
    if (w->end) /* of the piece */
        w->end = !piece_next(w->f, w->pieces);
    w->given += w->n;
    w->cut = !w->end && w->given >= w->enough && took_long(w->f);
    return OK;
}

static enum err refill(struct walk *w, int64_t limit)
{
    w->next = 0;
    do
        TRY(w->pieces ? refill_pieces(w, limit) : refill_range(w, limit));
    while (!w->n && !w->end && !w->cut);
    return OK;
}

static const struct search_row *next_of_tail(const struct walk *w)
{
    const struct finder *f = w->f;

    if (w->at_tail == f->n_tail)
        return NULL;
    return &f->tail[w->oldest_first ? f->n_tail - 1 - w->at_tail : w->at_tail];
}

static bool stands_before(const struct walk *w, const struct search_row *a, const struct search_row *b)
{
    return w->oldest_first ? a->id < b->id : a->id > b->id;
}

static void take_tail(struct walk *w, const struct search_row *tail, struct search_row *out, bool *found)
{
    *found = tail != NULL;
    if (!tail)
        return;
    *out = *tail;
    w->at_tail++;
}

static enum err take(struct walk *w, int64_t limit, struct search_row *out, bool *found)
{
    const struct search_row *tail = next_of_tail(w);
    bool is_newer = tail && !w->oldest_first && tail->id > w->f->upto; /* than all that is indexed */

    if (!is_newer && w->next == w->n && !w->end && !w->cut)
        TRY(refill(w, limit));
    if (is_newer || w->next == w->n) {
        take_tail(w, is_newer || !w->cut ? tail : NULL, out, found);
    } else if (tail && stands_before(w, tail, &w->rows[w->next])) {
        take_tail(w, tail, out, found);
    } else {
        *found = true;
        *out = w->rows[w->next++];
    }
    return OK;
}

/* Passes over the first skip matches where nothing has to be looked at; *passed tells how many it were. */
static enum err jump(struct walk *w, int64_t skip, int64_t *passed)
{
    struct finder *f = w->f;
    struct call *c = f->c;
    int64_t indexed = skip;
    bool found;

    *passed = f->exact && !f->n_changed ? skip : 0;
    if (!*passed)
        return OK;
    if (w->oldest_first) /* the index comes first */
        TRY(sql_search_count(c->db, c->arena, f->match, f->q->from_us, search_last_id(f), skip, f->phrases, &indexed,
                             &found));
    else
        indexed = skip - (skip < f->n_tail ? skip : f->n_tail);
    w->skip = indexed;
    w->at_tail = skip - indexed < f->n_tail ? skip - indexed : f->n_tail;
    return OK;
}

static enum err collect(struct walk *w, int64_t skip, int64_t count, struct search_found *out, bool *end)
{
    struct finder *f = w->f;
    struct search_row row;
    int64_t passed;
    bool found = true, kept;

    w->from = f->q->from_us;
    w->to = search_last_id(f);
    TRY(jump(w, skip, &passed));
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int scanned = 0; out->n < count && (f->exact || scanned < SCANNED_MAX); scanned++) {
        struct search_hit *hit = &out->hits[out->n];
        TRY(take(w, f->exact && !w->pieces ? count : CHUNK, &row, &found));
        if (!found)
            break;
        if (!search_may_see(f, &row))
            continue;
        if (f->exact && passed < skip) {
            passed++;
            continue;
        }
        TRY(sql_message_get(f->c->db, f->c->arena, row.channel_id, row.ts, &hit->m, &kept));
        if (!kept || !search_fits_message(f, &row, &hit->m) || passed++ < skip)
            continue;
        hit->row = row;
        out->n++;
    }
    /* A jump behind the last one tells nothing of how many there are. */
    *end = !found && !w->cut && (out->n || !f->exact || !skip);
    out->total = passed;
    return OK;
}

enum err search_walk(struct finder *f, bool oldest_first, int64_t skip, int64_t count, struct search_found *out,
                     bool *end)
{
    struct walk w = {.f = f, .oldest_first = oldest_first};

    return collect(&w, skip, count, out, end);
}

enum err search_walk_newest(struct finder *f, int64_t enough, struct search_found *out, bool *end)
{
    struct pieces pieces;
    struct walk w = {.f = f, .pieces = &pieces, .enough = enough};

    TRY(pieces_begin(f, &pieces));
    return collect(&w, 0, SEARCH_RANKED, out, end);
}

/* --- counting ------------------------------------------------------------------------------------------------- */

/* How many that have changed the index takes for matches, after one id and up to another. */
static enum err count_changed(struct finder *f, int64_t after, int64_t upto, int64_t *n)
{
    struct call *c = f->c;
    int64_t one;
    bool found;

    *n = 0;
    for (int i = 0; i < f->n_changed; i++) {
        int64_t id = f->changed[i].id;
        if (id <= after || id > upto)
            continue;
        TRY(sql_search_count(c->db, c->arena, f->match, id, id, 1, f->phrases, &one, &found));
        *n += one;
    }
    return OK;
}

static enum err count_indexed(struct finder *f, int64_t *n, bool *all)
{
    struct call *c = f->c;
    struct pieces p;
    int64_t part, upto;
    bool found;

    TRY(pieces_begin(f, &p));
    upto = p.high;
    *n = 0;
    do {
        TRY(sql_search_count(c->db, c->arena, f->match, piece_low(&p), p.high, SEARCH_COUNTED - *n, f->phrases, &part,
                             &found));
        *n += part;
        *all = !piece_next(f, &p);
    } while (!*all && *n < SEARCH_COUNTED && !took_long(f));
    TRY(count_changed(f, p.high, upto, &part));
    *n -= part;
    return OK;
}

enum err search_walk_count(struct finder *f, struct search_found *out)
{
    int64_t indexed = 0, total;
    bool all;

    TRY(count_indexed(f, &indexed, &all));
    total = indexed + f->n_tail;
    if (total > SEARCH_COUNTED)
        total = SEARCH_COUNTED;
    out->total = out->n && out->total > total ? out->total : total;
    out->more = !all || total == SEARCH_COUNTED;
    return OK;
}
