/* Matches of the index, and of what it does not tell rightly yet, in order of time. */
#include "base/clock.h"
#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

enum {
    CHUNK = 200,
    GATHERED = 1000,
    GATHER_GROWTH = 4,
    SCANNED_MAX = 4000,
    PIECES = 64,
    PIECE_GROWTH = 4,
    SEARCH_US = 9000,
    REST_US = 1000,
    LOOKED_US = 50000,
    LOOKED_MOST_US = 250000
};

/* --- pieces of time ------------------------------------------------------------------------------------------- */

/* The indexed documents from the newest to the oldest, in pieces of time. */
struct pieces {
    int64_t low, high, span; /* high: the newest that no piece held yet */
    int64_t began_us;        /* the piece at hand */
};

/* Words that stand together now and then, but each of them everywhere, cost a look at every message.  So SQLite is
 * asked for pieces, until the whole search has taken SEARCH_US.  PostgreSQL, which looks at all that matches whatever
 * the piece, is asked once. */
static enum err pieces_begin(struct finder *f, struct pieces *p)
{
    struct call *c = f->c;
    bool found, pg = db_engine(c->db) == DB_POSTGRES; /* which indexes at once, and keeps no mark */
    int64_t oldest = 0;

    TRY(sql_search_doc_oldest(c->db, c->arena, &oldest, &found));
    p->high = pg || search_last_id(f) < f->upto ? search_last_id(f) : f->upto;
    p->high = p->high < SEARCH_ID_MAX ? p->high : SEARCH_ID_MAX;
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
    if (p->span > SEARCH_ID_MAX)
        p->span = SEARCH_ID_MAX;
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

/* Matches in one part of the index, in one direction. */
struct stream {
    int64_t from, to; /* ids that were not looked at yet */
    int64_t limit;    /* rows that were asked for at last */
    struct search_row *rows;
    int n, next;
    bool end;
};

/* Matches of all parts and of what waits, as one list in one direction. */
struct walk {
    struct finder *f;
    bool oldest_first;
    int64_t wanted;        /* matches from the first on */
    int64_t limit;         /* rows asked for at once, of all parts together */
    struct pieces *pieces; /* newest first; or NULL */
    int64_t enough, given; /* so many have to be found; more, as far as time allows */
    int at_tail;           /* how many were taken */
    struct stream streams[SEARCH_PARTS];
    bool end, cut; /* cut: time has ended it */
};

static void streams_begin(struct walk *w, int64_t from, int64_t to)
{
    for (int i = 0; i < w->f->n_parts; i++)
        w->streams[i] = (struct stream){.from = from, .to = to < SEARCH_ID_MAX ? to : SEARCH_ID_MAX};
    w->f->gathered = 0;
    w->f->gathered_all = false;
}

/* What the index tells wrongly is looked at apart; what was gathered is counted, and so nothing that is not seen. */
static void drop_rows(const struct finder *f, struct stream *s)
{
    int kept = 0;

    for (int i = 0; i < s->n; i++)
        if (!search_is_changed(f, s->rows[i].id) && (!f->gathers || search_may_see(f, &s->rows[i])))
            s->rows[kept++] = s->rows[i];
    s->n = kept;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static enum err ask(const struct walk *w, struct stream *s, int64_t part)
{
    const struct finder *f = w->f;
    struct db *db = f->c->db;
    struct arena *a = f->c->arena;
    int64_t from = part + s->from, to = part + s->to;

    if (!f->match.n)
        return (w->oldest_first ? sql_search_docs_oldest : sql_search_docs_newest)(db, a, from, smaller(to, f->upto),
                                                                                   s->limit, &s->rows, &s->n);
    if (f->gathers)
        return (w->oldest_first ? sql_search_gather_oldest : sql_search_gather_newest)(db, a, f->match, from, to,
                                                                                       s->limit, &s->rows, &s->n);
    return (w->oldest_first ? sql_search_oldest : sql_search_newest)(db, a, f->match, from, to, s->limit, f->phrases,
                                                                     &s->rows, &s->n);
}

/* Gathering once more would cost as much again; and parts are not all alike. */
static int64_t rows_to_ask(const struct walk *w, const struct stream *s)
{
    if (!w->f->gathers)
        return w->limit * 5 / 4 / w->f->n_parts + 1;
    if (s->limit)
        return s->limit * GATHER_GROWTH;
    return w->wanted < GATHERED ? GATHERED : w->wanted + 1;
}

static enum err stream_more(struct walk *w, int part)
{
    struct finder *f = w->f;
    struct stream *s = &w->streams[part];

    s->limit = rows_to_ask(w, s);
    TRY(ask(w, s, f->parts[part]));
    s->next = 0;
    s->end = s->n < s->limit;
    if (s->n && w->oldest_first)
        s->from = s->rows[s->n - 1].id + 1;
    else if (s->n)
        s->to = s->rows[s->n - 1].id - 1;
    drop_rows(f, s);
    if (f->gathers) {
        f->gathered += s->n;
        f->gathered_all = s->end;
    }
    return OK;
}

static bool stands_before(const struct walk *w, const struct search_row *a, const struct search_row *b)
{
    return w->oldest_first ? a->id < b->id : a->id > b->id;
}

/* The stream whose next match comes first; NULL when all have ended. */
static enum err first_stream(struct walk *w, struct stream **first)
{
    *first = NULL;
    for (int i = 0; i < w->f->n_parts; i++) {
        struct stream *s = &w->streams[i];
        while (s->next == s->n && !s->end)
            TRY(stream_more(w, i));
        if (s->next < s->n && (!*first || stands_before(w, &s->rows[s->next], &(*first)->rows[(*first)->next])))
            *first = s;
    }
    return OK;
}

/* With pieces, the next of them is begun until one holds something. */
static enum err first_of_index(struct walk *w, struct stream **first)
{
    TRY(first_stream(w, first));
    while (!*first && !w->end && !w->cut) {
        w->end = !w->pieces || !piece_next(w->f, w->pieces);
        w->cut = !w->end && w->given >= w->enough && took_long(w->f);
        if (w->end || w->cut)
            break;
        streams_begin(w, piece_low(w->pieces), w->pieces->high);
        TRY(first_stream(w, first));
    }
    return OK;
}

static const struct search_row *next_of_tail(const struct walk *w)
{
    const struct finder *f = w->f;

    if (w->at_tail == f->n_tail)
        return NULL;
    return &f->tail[w->oldest_first ? f->n_tail - 1 - w->at_tail : w->at_tail];
}

static enum err take(struct walk *w, struct search_row *out, bool *found)
{
    const struct search_row *tail = next_of_tail(w);
    struct stream *s = NULL;

    if (!tail || w->oldest_first || tail->id <= w->f->upto) /* else it is newer than all that is indexed */
        TRY(first_of_index(w, &s));
    *found = s || (tail && !w->cut);
    if (s && !(tail && stands_before(w, tail, &s->rows[s->next]))) {
        *out = s->rows[s->next++];
        w->given++;
    } else if (*found) {
        *out = *tail;
        w->at_tail++;
    }
    return OK;
}

/* Does what the match does not tell of fit? */
static enum err look(const struct finder *f, const struct search_row *row, bool *fits)
{
    struct message_row m;

    arena_reset(f->scratch);
    TRY(sql_message_get(f->c->db, f->scratch, row->channel_id, row->ts, &m, fits));
    *fits = *fits && search_fits_message(f, row, &m) && (!f->looks || search_fits_words(f, &m));
    return OK;
}

static enum err keep(const struct finder *f, const struct search_row *row, struct search_found *out)
{
    struct search_hit *hit = &out->hits[out->n];
    bool found;

    hit->row = *row;
    TRY(sql_message_get(f->c->db, f->c->arena, row->channel_id, row->ts, &hit->m, &found));
    out->n += found && search_fits_message(f, row, &hit->m);
    return OK;
}

/* One more than there have to be, which tells that there is a next page.  What is looked at is counted on for as long
 * as time allows; the rest is counted by the index. */
static bool goes_on(const struct walk *w, const struct search_found *out, int scanned)
{
    const struct finder *f = w->f;
    bool enough = out->total > w->enough;

    if (f->exact)
        return out->total <= w->wanted && !(enough && took_long(f));
    if (enough)
        return !took_long(f);
    if (clock_mono_us() > f->began_mono_us + LOOKED_MOST_US) /* a disk that is slow */
        return false;
    return scanned < SCANNED_MAX || clock_thread_us() < f->began_us + LOOKED_US;
}

static enum err collect(struct walk *w, int64_t skip, int64_t count, struct search_found *out, bool *end)
{
    struct finder *f = w->f;
    struct search_row row;
    bool found = true, fits = true;

    w->wanted = skip + count;
    w->limit = f->exact && !skip ? count + 1 : CHUNK;
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int scanned = 0; goes_on(w, out, scanned); scanned++) {
        TRY(take(w, &row, &found));
        if (!found)
            break;
        if (!search_may_see(f, &row))
            continue;
        if (!f->exact)
            TRY(look(f, &row, &fits));
        if (!fits)
            continue;
        if (out->total >= skip && out->n < count)
            TRY(keep(f, &row, out));
        out->total++;
    }
    *end = !found && !w->cut;
    return OK;
}

enum err search_walk(struct finder *f, bool oldest_first, int64_t skip, int64_t count, struct search_found *out,
                     bool *end)
{
    struct walk w = {.f = f, .oldest_first = oldest_first, .enough = skip + count};

    if (f->stretches && !oldest_first)
        return search_pg_walk(f, skip, count, INT64_MAX, out, end);
    streams_begin(&w, f->q->from_us, search_last_id(f));
    return collect(&w, skip, count, out, end);
}

enum err search_walk_newest(struct finder *f, int64_t enough, struct search_found *out, bool *end)
{
    struct pieces pieces;
    struct walk w = {.f = f, .pieces = &pieces, .enough = enough};

    if (f->stretches)
        return search_pg_walk(f, 0, SEARCH_RANKED, enough, out, end);
    if (f->is_plain || f->collects) {
        w.pieces = NULL;
        streams_begin(&w, f->q->from_us, search_last_id(f));
    } else {
        TRY(pieces_begin(f, &pieces));
        streams_begin(&w, piece_low(&pieces), pieces.high);
    }
    return collect(&w, 0, SEARCH_RANKED, out, end);
}

/* --- counting ------------------------------------------------------------------------------------------------- */

static enum err count(struct finder *f, int64_t from, int64_t to, int64_t limit, int64_t *n)
{
    struct call *c = f->c;
    bool found;

    return sql_search_count(c->db, c->arena, f->match, from, to, limit, f->phrases, n, &found);
}

/* How many that have changed the index takes for matches, in one part after one id and up to another. */
static enum err count_changed(struct finder *f, int64_t part, int64_t after, int64_t upto, int64_t *n)
{
    struct call *c = f->c;
    int64_t one;
    bool found;

    for (int i = 0; i < f->n_changed; i++) {
        const struct search_row *x = &f->changed[i];
        if (x->id <= after || x->id > upto || x->place - x->id != part)
            continue;
        TRY(sql_search_count(c->db, c->arena, f->match, x->place, x->place, 1, f->phrases, &one, &found));
        *n += one;
    }
    return OK;
}

/* Pieces of one part; p keeps what it has learned of how much a piece may hold. */
static enum err count_part(struct finder *f, int64_t part, struct pieces *p, int64_t *n, bool *all)
{
    int64_t upto = p->high, one, changed = 0;

    do {
        TRY(count(f, part + piece_low(p), part + p->high, SEARCH_COUNTED - *n, &one));
        *n += one;
        *all = !piece_next(f, p);
    } while (!*all && *n < SEARCH_COUNTED && !took_long(f));
    TRY(count_changed(f, part, p->high, upto, &changed));
    *n -= changed;
    p->high = upto;
    return OK;
}

static enum err count_indexed(struct finder *f, int64_t *n, bool *all)
{
    struct pieces p;
    int i = 0;

    TRY(pieces_begin(f, &p));
    *n = 0;
    do
        TRY(count_part(f, f->parts[i++], &p, n, all));
    while (*all && i < f->n_parts && *n < SEARCH_COUNTED && !took_long(f));
    *all &= i == f->n_parts;
    return OK;
}

/* What was gathered for the page, which may have needed none of it. */
static enum err count_gathered(struct finder *f, int64_t *n, bool *all)
{
    struct walk w = {.f = f};

    if (!f->gathered && !f->gathered_all) {
        streams_begin(&w, f->q->from_us, search_last_id(f));
        TRY(stream_more(&w, 0));
    }
    *n = f->gathered;
    *all = f->gathered_all;
    return OK;
}

enum err search_walk_count(struct finder *f, struct search_found *out)
{
    int64_t indexed = 0, total;
    bool all;

    if (f->stretches)
        return search_pg_count(f, out);
    TRY((f->gathers ? count_gathered : count_indexed)(f, &indexed, &all));
    total = indexed + f->n_tail;
    if (total > SEARCH_COUNTED)
        total = SEARCH_COUNTED;
    out->total = out->n && out->total > total ? out->total : total;
    out->more = !all || total == SEARCH_COUNTED;
    return OK;
}
