/* Matches of the index, and of what waits for it, in order of time. */
#include "base/clock.h"
#include "core/channel.h"
#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

enum { TAIL_MAX = 20000, CHUNK = 200, SCANNED_MAX = 4000, PIECES = 64, SEARCH_US = 12000 };

/* --- what may be seen ----------------------------------------------------------------------------------------- */

static bool is_hidden_one(const struct finder *f, int64_t channel)
{
    int low = 0, high = f->n_hidden;

    while (low < high) {
        int mid = (low + high) / 2;
        if (f->hidden[mid] == channel)
            return true;
        if (f->hidden[mid] < channel)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

/* The last word, whatever an index says. */
static bool may_see(const struct finder *f, const struct search_row *row)
{
    if (row->team_id != f->c->team)
        return false;
    if (row->kind == CHANNEL_PUBLIC && f->c->who.guest == GUEST_NONE)
        return true;
    return is_hidden_one(f, row->channel_id);
}

/* --- looking at a message ------------------------------------------------------------------------------------- */

static unsigned bits_of(const struct search_row *row, const struct message_row *m)
{
    return (search_has_link(m) ? SEARCH_HAS_LINK : 0u) | (str_eq(m->subtype, S("file_share")) ? SEARCH_HAS_FILE : 0u) |
           (m->has_reactions ? SEARCH_HAS_REACTION : 0u) | (m->pinned ? SEARCH_HAS_PIN : 0u) |
           (m->thread_ts ? SEARCH_IS_THREAD : 0u) |
           (row->kind == CHANNEL_IM || row->kind == CHANNEL_MPIM ? SEARCH_IS_DM : 0u);
}

/* All that is no word. */
static bool fits_message(const struct finder *f, const struct search_row *row, const struct message_row *m)
{
    const struct search_query *q = f->q;
    unsigned bits = bits_of(row, m);

    if (m->ts < q->from_us || m->ts >= q->to_us || (bits & q->has) != q->has || (bits & q->has_not))
        return false;
    if (f->to_me && (row->kind != CHANNEL_IM || m->user_id == f->c->who.user))
        return false;
    if (f->from.n && !search_has_id(&f->from, m->user_id) && !search_has_id(&f->from, m->bot_id))
        return false;
    if (search_has_id(&f->not_from, m->user_id) || (m->bot_id && search_has_id(&f->not_from, m->bot_id)))
        return false;
    return (!f->in.n || search_has_id(&f->in, m->channel_id)) && !search_has_id(&f->not_in, m->channel_id);
}

static bool fits_words(const struct finder *f, const struct message_row *m)
{
    struct search_word *words;
    int n = search_words(f->c->arena, search_text_of(f->c->arena, m), SEARCH_WORDS_MAX, true, &words);

    return search_query_fits(f->q, words, n);
}

/* --- what waits for the index --------------------------------------------------------------------------------- */

static int64_t last_id(const struct finder *f)
{
    return f->q->to_us == INT64_MAX ? INT64_MAX : f->q->to_us + 4096; /* ids lie a little behind their ts */
}

enum err search_walk_tail(struct finder *f)
{
    struct call *c = f->c;
    struct message_row m;
    struct search_row *rows;
    bool found;
    int n;

    TRY(sql_search_mark_get(c->db, c->arena, &f->upto, &found));
    TRY(sql_search_tail(c->db, c->arena, f->upto, f->q->from_us, last_id(f), TAIL_MAX, &rows, &n));
    f->tail = rows;
    for (int i = 0; i < n; i++) {
        if (!may_see(f, &rows[i]))
            continue;
        TRY(sql_message_get(c->db, c->arena, rows[i].channel_id, rows[i].ts, &m, &found));
        if (found && fits_message(f, &rows[i], &m) && fits_words(f, &m))
            f->tail[f->n_tail++] = rows[i];
    }
    return OK;
}

/* --- pieces of time ------------------------------------------------------------------------------------------- */

/* The indexed documents from the newest to the oldest, in pieces of time, each twice as long as the one before. */
struct pieces {
    int64_t low, high, span; /* high: the newest that no piece held yet */
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
    p->high = pg || last_id(f) < f->upto ? last_id(f) : f->upto;
    p->low = f->q->from_us > oldest ? f->q->from_us : oldest;
    p->span = p->high <= p->low ? 0 : p->high - p->low;
    if (!pg)
        p->span /= PIECES;
    return OK;
}

static int64_t piece_low(const struct pieces *p)
{
    return p->high - p->low <= p->span ? p->low : p->high - p->span;
}

/* True when there is one more. */
static bool piece_next(struct pieces *p)
{
    int64_t from = piece_low(p);
    bool more = from > p->low;

    p->high = from - 1;
    p->span *= 2;
    return more;
}

static bool took_long(const struct finder *f)
{
    return clock_thread_us() - f->began_us >= SEARCH_US;
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

static enum err refill_range(struct walk *w, int64_t limit)
{
    struct finder *f = w->f;
    struct call *c = f->c;

    TRY((w->oldest_first ? sql_search_oldest : sql_search_newest)(c->db, c->arena, f->match, w->from, w->to, limit,
                                                                  w->skip, &w->rows, &w->n));
    w->skip = 0;
    w->end = w->n < limit;
    if (w->n && w->oldest_first)
        w->from = w->rows[w->n - 1].id + 1;
    else if (w->n)
        w->to = w->rows[w->n - 1].id - 1;
    return OK;
}

static enum err refill_pieces(struct walk *w, int64_t limit)
{
    do {
        w->from = piece_low(w->pieces);
        w->to = w->to < w->pieces->high ? w->to : w->pieces->high;
        TRY(refill_range(w, limit));
        if (w->end) /* of the piece */
            w->end = !piece_next(w->pieces);
        w->given += w->n;
        w->cut = !w->end && w->given >= w->enough && took_long(w->f);
    } while (!w->n && !w->end && !w->cut);
    return OK;
}

static enum err refill(struct walk *w, int64_t limit)
{
    w->next = 0;
    return w->pieces ? refill_pieces(w, limit) : refill_range(w, limit);
}

static bool take_tail(struct walk *w, struct search_row *out)
{
    struct finder *f = w->f;

    if (w->at_tail == f->n_tail)
        return false;
    *out = f->tail[w->oldest_first ? f->n_tail - 1 - w->at_tail : w->at_tail];
    w->at_tail++;
    return true;
}

static enum err take(struct walk *w, int64_t limit, struct search_row *out, bool *found)
{
    *found = true;
    if (!w->oldest_first && take_tail(w, out))
        return OK;
    if (w->next == w->n && !w->end && !w->cut)
        TRY(refill(w, limit));
    if (w->next < w->n) {
        *out = w->rows[w->next++];
        return OK;
    }
    *found = w->oldest_first && take_tail(w, out);
    return OK;
}

/* Passes over the first skip matches where nothing has to be looked at; *passed tells how many it were. */
static enum err jump(struct walk *w, int64_t skip, int64_t *passed)
{
    struct finder *f = w->f;
    struct call *c = f->c;
    int64_t indexed = skip;
    bool found;

    *passed = f->exact ? skip : 0;
    if (!*passed)
        return OK;
    if (w->oldest_first) /* the index comes first */
        TRY(sql_search_count(c->db, c->arena, f->match, f->q->from_us, last_id(f), skip, &indexed, &found));
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
    w->to = last_id(f);
    TRY(jump(w, skip, &passed));
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int scanned = 0; out->n < count && (f->exact || scanned < SCANNED_MAX); scanned++) {
        struct search_hit *hit = &out->hits[out->n];
        TRY(take(w, f->exact && !w->pieces ? count : CHUNK, &row, &found));
        if (!found)
            break;
        if (!may_see(f, &row))
            continue;
        TRY(sql_message_get(f->c->db, f->c->arena, row.channel_id, row.ts, &hit->m, &kept));
        if (!kept || !fits_message(f, &row, &hit->m) || passed++ < skip)
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

static enum err count_indexed(struct finder *f, int64_t *n, bool *all)
{
    struct call *c = f->c;
    struct pieces p;
    int64_t part;
    bool found;

    TRY(pieces_begin(f, &p));
    *n = 0;
    do {
        TRY(sql_search_count(c->db, c->arena, f->match, piece_low(&p), p.high, SEARCH_COUNTED - *n, &part, &found));
        *n += part;
        *all = !piece_next(&p);
    } while (!*all && *n < SEARCH_COUNTED && !took_long(f));
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
