/* A query as the engines take it: FTS5 expressions, or tsquery. */
#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

enum { HIDDEN_IN_MATCH = 300, MATCH_MAX_BYTES = 64 << 10, LOOSE_MAX = 64 };

/* Every word by itself; phrases_fit sees to their places.  FTS5 takes a phrase of its own for one condition, and looks
 * for the next place where it is fulfilled, whatever the other conditions have ruled out. */
static void put_loose(struct buf *b, const struct search_term *t)
{
    for (int i = 0; i < t->n; i++)
        buf_printf(b, "%swords : \"%.*s\"%s", i ? " AND " : "", STR_FMT(t->words[i].text),
                   t->prefix && i == t->n - 1 ? " *" : "");
}

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
            buf_str(b, t->prefix && i == t->n - 1 ? S("':*") : S("'"));
    }
    buf_str(b, pg ? S(")") : t->prefix ? S("\" *") : S("\""));
}

static void put_tag(struct buf *b, bool pg, struct str tag)
{
    buf_str(b, pg ? S("'.") : S("\""));
    buf_str(b, tag);
    buf_str(b, pg ? S("'") : S("\""));
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

/* What is left of a term without its last word. */
static void put_rest(struct buf *b, const struct search_term *t)
{
    struct search_term rest = {.words = t->words, .n = t->n - 1};

    if (rest.n == 0)
        return;
    put_and(b, false);
    put_loose(b, &rest);
}

/* Are phrases better looked at where the other conditions are fulfilled? */
static bool is_loose(const struct finder *f, bool pg, const struct search_term *t)
{
    return !pg && t->n > 1 && t->n <= LOOSE_MAX && (f->in.n || f->from.n);
}

/* One term of the match; *number: of FTS5's phrases, as they stand in it. */
static void put_wanted(const struct finder *f, struct buf *b, bool pg, const struct search_term *t, struct buf *phrases,
                       int *number)
{
    put_and(b, pg);
    if (!is_loose(f, pg, t)) {
        put_term(b, pg, t);
        ++*number;
        return;
    }
    put_loose(b, t);
    if (!f->looks) /* which sees to it as well */
        buf_printf(phrases, "%s%d %d", phrases->n ? " " : "", *number, t->n);
    *number += t->n;
}

static void put_words(struct finder *f, struct buf *b, bool pg)
{
    const struct search_query *q = f->q;
    struct buf phrases = buf_in(f->c->arena, MATCH_MAX_BYTES);
    int number = 0;

    for (int i = 0; i < q->n_terms; i++) {
        const struct search_term *t = &q->terms[i];
        if (t->without)
            continue;
        if (f->left_out[i])
            put_rest(b, t);
        else
            put_wanted(f, b, pg, t, &phrases, &number);
    }
    f->phrases = buf_view(&phrases);
}

static void put_positive(struct finder *f, struct buf *b, bool pg)
{
    const struct search_query *q = f->q;

    put_words(f, b, pg);
    if (f->from.n) {
        put_and(b, pg);
        put_any(f, b, pg, "vu", f->from.v, f->from.n, S(""));
    }
    if (f->in.n) {
        put_and(b, pg);
        put_any(f, b, pg, "vc", f->in.v, f->in.n, S(""));
    }
    for (int i = 0; i < SEARCH_HAS_TAGS; i++)
        if (q->has & search_has_tags[i].bit) {
            put_and(b, pg);
            put_any(f, b, pg, "", NULL, 0, search_has_tags[i].tag);
        }
    /* Not even the count may tell of what is not seen.  in: names visible conversations alone (only_visible), and the
     * tag of all that is public would cost a look at nearly every message.  Whoever is in very many conversations is
     * looked after row by row (may_see), and so is what is gathered or looked at anyway. */
    if (f->in.n || f->gathers || (f->looks && !f->hidden_alone))
        return;
    if (f->n_hidden <= HIDDEN_IN_MATCH) {
        put_and(b, pg);
        put_any(f, b, pg, "vc", f->hidden, f->n_hidden,
                f->hidden_alone ? S("vnone") : search_tag(f->c->arena, "vp", f->c->team));
    } else if (pg && b->n == 0) {
        put_any(f, b, pg, "", NULL, 0, search_tag(f->c->arena, "vp", f->c->team));
    }
}

static void put_negative(struct finder *f, struct buf *b, bool pg)
{
    const struct search_query *q = f->q;
    struct str not = pg ? S(" & !") : S(" NOT ");

    for (int i = 0; i < q->n_terms; i++)
        if (q->terms[i].without && !f->left_out[i]) {
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
    for (int i = 0; i < SEARCH_HAS_TAGS; i++)
        if (q->has_not & search_has_tags[i].bit) {
            buf_str(b, not );
            put_any(f, b, pg, "", NULL, 0, search_has_tags[i].tag);
        }
}

struct str search_match_unwanted(struct call *c, const struct search_query *q)
{
    struct buf b = buf_in(c->arena, MATCH_MAX_BYTES);
    bool pg = db_engine(c->db) == DB_POSTGRES;

    for (int i = 0; i < q->n_terms; i++)
        if (q->terms[i].without) {
            if (b.n)
                buf_str(&b, pg ? S(" | ") : S(" OR "));
            put_term(&b, pg, &q->terms[i]);
        }
    return buf_view(&b);
}

struct str search_match_words(struct call *c, const struct search_query *q)
{
    struct buf b = buf_in(c->arena, MATCH_MAX_BYTES);
    bool pg = db_engine(c->db) == DB_POSTGRES;

    for (int without = 0; without < 2; without++) {
        for (int i = 0; i < q->n_terms; i++) {
            if (q->terms[i].without != (without == 1))
                continue;
            if (without && !b.n)
                return S("");
            if (without)
                buf_str(&b, pg ? S(" & !") : S(" NOT "));
            else
                put_and(&b, pg);
            put_term(&b, pg, &q->terms[i]);
        }
    }
    return buf_view(&b);
}

static void add_part(struct finder *f, int64_t part)
{
    for (int i = 0; i < f->n_parts; i++)
        if (f->parts[i] == part)
            return;
    f->parts[f->n_parts++] = part;
}

static int words_wanted(const struct search_query *q)
{
    int n = 0;

    for (int i = 0; i < q->n_terms; i++)
        n += q->terms[i].without ? 0 : q->terms[i].n;
    return n;
}

static void find_parts(struct finder *f, bool pg)
{
    if (pg) {
        add_part(f, 0);
    } else if (f->in.n) {
        for (int i = 0; i < f->in.n; i++)
            add_part(f, search_part(f->in.v[i]));
    } else {
        for (int i = 0; i < SEARCH_PARTS; i++)
            add_part(f, i * (SEARCH_ID_MAX + 1));
    }
}

/* Can the match tell all? */
static bool is_exact(const struct finder *f)
{
    const struct search_query *q = f->q;
    const unsigned not_told = SEARCH_HAS_REACTION | SEARCH_IS_THREAD | SEARCH_IS_DM;
    unsigned has = f->in.n ? q->has : q->has & ~(unsigned)SEARCH_IS_DM; /* hidden_alone tells */

    return !f->looks && !f->to_me && !((has | q->has_not) & not_told) &&
           (f->in.n || f->gathers || f->n_hidden <= HIDDEN_IN_MATCH) && q->from_us == 0 && q->to_us == INT64_MAX;
}

enum err search_match_make(struct finder *f)
{
    struct buf all = buf_in(f->c->arena, MATCH_MAX_BYTES), positive = buf_in(f->c->arena, MATCH_MAX_BYTES);
    bool pg = db_engine(f->c->db) == DB_POSTGRES;

    find_parts(f, pg);
    if (!pg)
        TRY(search_prefix_choose(f));
    f->is_plain = words_wanted(f->q) == 1 && !f->from.n && !f->q->has && !f->looks;
    f->exact = is_exact(f);
    put_positive(f, &positive, pg);
    if (!positive.n || f->gathers) { /* all parts as one */
        f->n_parts = 0;
        add_part(f, 0);
    }
    if (!positive.n)
        return OK;
    buf_char(&all, '(');
    buf_str(&all, buf_view(&positive));
    buf_char(&all, ')');
    put_negative(f, &all, pg);
    f->match = buf_view(&all);
    return OK;
}
