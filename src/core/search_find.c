#include "core/search_find.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/channel.h"
#include "core/search_index.h"
#include "core/search_names.h"
#include "store/db.h"

enum { TAIL_MAX = 20000, CHUNK = 200, SCANNED_MAX = 4000, HIDDEN_IN_MATCH = 300, MATCH_MAX_BYTES = 64 << 10 };

struct finder {
    struct call *c;
    const struct search_query *q;
    struct search_ids from, not_from, in, not_in;
    bool to_me;
    bool nothing;    /* a name that there is not: nothing can be found */
    int64_t *hidden; /* conversations seen by being in them, sorted */
    int n_hidden;
    int64_t upto;     /* the index has come so far */
    struct str match; /* the query as the engine takes it */
    bool exact;       /* the match tells all: nothing has to be looked at afterwards */
    struct search_row *tail;
    int n_tail; /* of what waits, what fits: newest first */
};

/* --- names ---------------------------------------------------------------------------------------------------- */

/* to:me is what others wrote into the caller's ims; to:@ann what the caller wrote to her. */
static enum err resolve_to(struct finder *f)
{
    for (int i = 0; i < f->q->to.n; i++) {
        int64_t user, im;
        TRY(search_user(f->c, f->q->to.v[i], &user));
        if (user == f->c->who.user) {
            f->to_me = true;
            continue;
        }
        TRY(search_im(f->c, user, &im));
        search_add_id(&f->in, im);
        search_add_id(&f->from, f->c->who.user);
        f->nothing |= !im;
    }
    return OK;
}

static enum err resolve_all(struct finder *f)
{
    TRY(search_users(f->c, &f->q->from, &f->from));
    TRY(search_users(f->c, &f->q->not_from, &f->not_from));
    TRY(search_places(f->c, &f->q->in, &f->in));
    TRY(search_places(f->c, &f->q->not_in, &f->not_in));
    f->nothing = (f->q->from.n && !f->from.n) || (f->q->in.n && !f->in.n);
    return resolve_to(f);
}

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

/* --- the engine's query --------------------------------------------------------------------------------------- */

static void put_term(struct buf *b, bool pg, const struct search_term *t)
{
    buf_str(b, pg ? S("(") : S("words : \""));
    for (int i = 0; i < t->n; i++) {
        if (i)
            buf_str(b, pg ? S(" <-> ") : S(" "));
        if (pg)
            buf_char(b, '\'');
        buf_str(b, t->words[i].text);
        if (pg)
            buf_str(b, t->prefix && i == t->n - 1 ? S("':*A") : S("':A"));
    }
    buf_str(b, pg ? S(")") : t->prefix ? S("\" *") : S("\""));
}

static void put_tag(struct buf *b, bool pg, struct str tag)
{
    buf_str(b, pg ? S("'") : S("\""));
    buf_str(b, tag);
    buf_str(b, pg ? S("':B") : S("\""));
}

/* Any of the tags of these ids, and one more. */
static void put_any(struct finder *f, struct buf *b, bool pg, const char *kind, const int64_t *ids, int n,
                    struct str more)
{
    bool first = true;

    buf_str(b, pg ? S("(") : S("tags : ("));
    for (int i = 0; i < n; i++, first = false) {
        if (!first)
            buf_str(b, pg ? S(" | ") : S(" OR "));
        put_tag(b, pg, search_tag(f->c->arena, kind, ids[i]));
    }
    if (more.n) {
        if (!first)
            buf_str(b, pg ? S(" | ") : S(" OR "));
        put_tag(b, pg, more);
    }
    buf_str(b, S(")"));
}

static void put_and(struct buf *b, bool pg)
{
    if (b->n)
        buf_str(b, pg ? S(" & ") : S(" AND "));
}

static void put_positive(struct finder *f, struct buf *b, bool pg)
{
    const struct search_query *q = f->q;

    for (int i = 0; i < q->n_terms; i++)
        if (!q->terms[i].without) {
            put_and(b, pg);
            put_term(b, pg, &q->terms[i]);
        }
    if (f->from.n) {
        put_and(b, pg);
        put_any(f, b, pg, "vu", f->from.v, f->from.n, S(""));
    }
    if (f->in.n) {
        put_and(b, pg);
        put_any(f, b, pg, "vc", f->in.v, f->in.n, S(""));
    }
    if (q->has & SEARCH_HAS_LINK) {
        put_and(b, pg);
        put_any(f, b, pg, "", NULL, 0, S("vhlink"));
    }
    if (q->has & SEARCH_HAS_FILE) {
        put_and(b, pg);
        put_any(f, b, pg, "", NULL, 0, S("vhfile"));
    }
    /* Not even the count may tell of what is not seen.  in: names visible conversations alone (only_visible), and the
     * tag of all that is public would cost a look at nearly every message.  Whoever is in very many conversations is
     * looked after row by row (may_see). */
    if (f->in.n)
        return;
    if (f->n_hidden <= HIDDEN_IN_MATCH) {
        put_and(b, pg);
        put_any(f, b, pg, "vc", f->hidden, f->n_hidden,
                f->c->who.guest == GUEST_NONE ? search_tag(f->c->arena, "vp", f->c->team) : S("vnone"));
    } else if (b->n == 0) {
        put_any(f, b, pg, "", NULL, 0, search_tag(f->c->arena, "vp", f->c->team));
    }
}

static void put_negative(struct finder *f, struct buf *b, bool pg)
{
    const struct search_query *q = f->q;
    struct str not = pg ? S(" & !") : S(" NOT ");

    for (int i = 0; i < q->n_terms; i++)
        if (q->terms[i].without) {
            buf_str(b, not );
            put_term(b, pg, &q->terms[i]);
        }
    if (f->not_from.n) {
        buf_str(b, not );
        put_any(f, b, pg, "vu", f->not_from.v, f->not_from.n, S(""));
    }
    if (f->not_in.n) {
        buf_str(b, not );
        put_any(f, b, pg, "vc", f->not_in.v, f->not_in.n, S(""));
    }
}

static void make_match(struct finder *f)
{
    struct buf all = buf_in(f->c->arena, MATCH_MAX_BYTES), positive = buf_in(f->c->arena, MATCH_MAX_BYTES);
    bool pg = db_engine(f->c->db) == DB_POSTGRES;

    put_positive(f, &positive, pg);
    buf_char(&all, '(');
    buf_str(&all, buf_view(&positive));
    buf_char(&all, ')');
    put_negative(f, &all, pg);
    f->match = buf_view(&all);
    f->exact = !f->to_me && !((f->q->has | f->q->has_not) & ~(unsigned)(SEARCH_HAS_LINK | SEARCH_HAS_FILE)) &&
               !f->q->has_not && (f->in.n || f->n_hidden <= HIDDEN_IN_MATCH) && f->q->from_us == 0 &&
               f->q->to_us == INT64_MAX;
}

/* --- looking at a message ------------------------------------------------------------------------------------- */

static unsigned bits_of(const struct message_row *m)
{
    return (search_has_link(m) ? SEARCH_HAS_LINK : 0u) | (str_eq(m->subtype, S("file_share")) ? SEARCH_HAS_FILE : 0u) |
           (m->has_reactions ? SEARCH_HAS_REACTION : 0u) | (m->pinned ? SEARCH_HAS_PIN : 0u) |
           (m->thread_ts ? SEARCH_IS_THREAD : 0u);
}

/* All that is no word. */
static bool fits_message(const struct finder *f, const struct search_row *row, const struct message_row *m)
{
    const struct search_query *q = f->q;
    unsigned bits = bits_of(m);

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

static enum err read_tail(struct finder *f)
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

/* --- going through what matches ------------------------------------------------------------------------------- */

/* Matches of the index and of what waits, as one list in one direction. */
struct walk {
    struct finder *f;
    bool oldest_first;
    int64_t at_tail, at_index; /* how many were taken */
    struct search_row *rows;
    int n, next;
    bool end;
};

static enum err refill(struct walk *w, int64_t limit)
{
    struct finder *f = w->f;
    struct call *c = f->c;

    TRY((w->oldest_first ? sql_search_oldest : sql_search_newest)(c->db, c->arena, f->match, f->q->from_us, last_id(f),
                                                                  limit, w->at_index, &w->rows, &w->n));
    w->at_index += w->n;
    w->next = 0;
    w->end = w->n < limit;
    return OK;
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
    if (w->next == w->n && !w->end)
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
    w->at_index = indexed;
    w->at_tail = skip - indexed < f->n_tail ? skip - indexed : f->n_tail;
    return OK;
}

static enum err collect(struct finder *f, bool oldest_first, int64_t skip, int64_t count, struct search_found *out)
{
    struct walk w = {.f = f, .oldest_first = oldest_first};
    struct search_row row;
    int64_t passed;
    bool found = true;

    TRY(jump(&w, skip, &passed));
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int scanned = 0; out->n < count && (f->exact || scanned < SCANNED_MAX); scanned++) {
        struct search_hit *hit = &out->hits[out->n];
        TRY(take(&w, f->exact ? count : CHUNK, &row, &found));
        if (!found)
            break;
        if (!may_see(f, &row))
            continue;
        TRY(sql_message_get(f->c->db, f->c->arena, row.channel_id, row.ts, &hit->m, &found));
        if (!found || !fits_message(f, &row, &hit->m) || passed++ < skip)
            continue;
        hit->row = row;
        out->n++;
    }
    out->total = passed;
    return OK;
}

static enum err count_all(struct finder *f, struct search_found *out)
{
    int64_t indexed = 0;
    bool found;

    if (!f->exact)
        return OK; /* as many as were seen */
    TRY(sql_search_count(f->c->db, f->c->arena, f->match, f->q->from_us, last_id(f), SEARCH_COUNTED, &indexed, &found));
    out->total = indexed + f->n_tail;
    if (out->total > SEARCH_COUNTED)
        out->total = SEARCH_COUNTED;
    return OK;
}

/* --- relevance ------------------------------------------------------------------------------------------------ */

struct ranked {
    struct search_hit hit;
    double score;
};

/* Much of what was asked for in few words, and lately: term frequency as BM25 weighs it, and half a point that fades in
 * a month. */
static double score_of(struct finder *f, const struct message_row *m)
{
    struct search_word *words;
    int n = search_words(f->c->arena, search_text_of(f->c->arena, m), SEARCH_WORDS_MAX, true, &words);
    double count = search_query_count(f->q, words, n);
    double days = (double)(f->c->now_us - m->ts) / (86400.0 * US_PER_S);

    return count * 2.2 / (count + 1.2 * (0.25 + 0.75 * n / 20.0)) + 0.5 / (1 + (days > 0 ? days : 0) / 30);
}

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->hit.row.id < y->hit.row.id ? 1 : -1;
}

static enum err rank(struct finder *f, int64_t skip, int64_t count, struct search_found *out)
{
    struct search_found all = {0};
    struct ranked *list;

    TRY(collect(f, false, 0, SEARCH_RANKED, &all));
    list = ARENA_ARRAY(f->c->arena, struct ranked, all.n);
    for (int i = 0; i < all.n; i++)
        list[i] = (struct ranked){all.hits[i], score_of(f, &all.hits[i].m)};
    if (all.n)
        qsort(list, (size_t)all.n, sizeof(*list), compare);
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int64_t i = skip; i < all.n && out->n < count; i++)
        out->hits[out->n++] = list[i].hit;
    out->total = all.total;
    return OK;
}

/* --- all ------------------------------------------------------------------------------------------------------ */

enum err search_find(struct call *c, struct str text, enum search_order order, int64_t skip, int64_t count,
                     struct search_found *out)
{
    struct finder f = {.c = c, .q = &out->query};
    bool any;

    *out = (struct search_found){0};
    TRY(search_query_of(c, text, &out->query, &any));
    if (!any)
        return OK;
    TRY(resolve_all(&f));
    if (f.nothing)
        return OK;
    TRY(sql_member_hidden_channels(c->db, c->arena, c->who.user, c->team, c->who.guest != GUEST_NONE, &f.hidden,
                                   &f.n_hidden));
    make_match(&f);
    TRY(read_tail(&f));
    if (order == SEARCH_BY_SCORE && skip < SEARCH_RANKED)
        TRY(rank(&f, skip, count, out));
    else
        TRY(collect(&f, order == SEARCH_OLDEST, skip, count, out));
    return count_all(&f, out);
}
