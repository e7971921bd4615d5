/* Prefixes in SQLite's index, which collects all that matches one before it tells of the first: half a second for two
 * million matches.  What so many messages hold is found sooner by looking at the newest of them, so such a prefix is
 * left out of the match. */
#include <math.h>

#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

/* What it costs to collect matches, and to look at messages until a page is full (docs/decisions/0003). */
static const double MATCH_US = 0.33, LOOK_US = 8, WANTED = 20;
enum { MATCHES_A_PAGE = 450, SAMPLE_HITS = 4, SAMPLE_MAX = 2000 };

/* The whole query is one prefix, which all parts can be asked for at once. */
static bool is_alone(const struct finder *f)
{
    const struct search_query *q = f->q;

    return q->n_terms == 1 && q->terms[0].n == 1 && q->terms[0].prefix && !f->in.n && !f->from.n && !f->not_in.n &&
           !f->not_from.n && !q->has && !q->has_not;
}

/* With so many matches or more, looking costs as much as collecting: once, or for each part and for pieces to be
 * counted.  What must not be there is missing in most that are looked at; what has to be, is there in one of n_docs /
 * matches. */
static int64_t break_even(const struct finder *f, const struct search_term *t)
{
    double collect_us = MATCH_US * (f->gathers ? 1 : f->n_parts + 2), look_us = WANTED * LOOK_US;

    return 1 + (int64_t)(t->without ? look_us / collect_us : sqrt(look_us * (double)f->n_docs / collect_us));
}

/* --- how many match ------------------------------------------------------------------------------------------- */

/* Never too few, and read from the table of pages alone; but the list of the word before may be taken for the prefix's.
 */
static enum err guess(struct call *c, struct str prefix, int64_t *matches)
{
    struct str first;
    int64_t pages = 0;
    bool found;

    TRY(sql_search_word_from(c->db, c->arena, prefix, &first, &found));
    if (found && str_starts(first, prefix))
        TRY(sql_search_pages(c->db, c->arena, first, prefix, &pages, &found));
    *matches = pages * MATCHES_A_PAGE;
    return OK;
}

static enum err holds(const struct finder *f, const struct search_row *row, const struct search_term *prefix, bool *yes)
{
    struct search_word *words;
    struct message_row m;
    int n;

    arena_reset(f->scratch);
    TRY(sql_message_get(f->c->db, f->scratch, row->channel_id, row->ts, &m, yes));
    if (!*yes)
        return OK;
    n = search_words(f->scratch, search_text_of(f->scratch, &m), SEARCH_WORDS_MAX, true, &words);
    *yes = search_term_count(prefix, words, n) > 0;
    return OK;
}

/* Are there so many, when all messages are like the newest? */
static enum err sample(const struct finder *f, const struct search_term *prefix, int64_t matches, bool *so)
{
    int64_t enough = SAMPLE_HITS * f->n_docs / matches;
    struct search_row *rows;
    int n, hits = 0;
    bool yes;

    if (enough > SAMPLE_MAX)
        enough = SAMPLE_MAX;
    TRY(sql_search_docs_newest(f->c->db, f->c->arena, 0, f->upto, enough, &rows, &n));
    for (int i = 0; i < n && hits < SAMPLE_HITS; i++) {
        TRY(holds(f, &rows[i], prefix, &yes));
        hits += yes;
    }
    *so = hits == SAMPLE_HITS;
    return OK;
}

/* --- choosing ------------------------------------------------------------------------------------------------- */

static enum err choose(struct finder *f, int i)
{
    const struct search_term *t = &f->q->terms[i];
    struct search_term prefix = {.words = &t->words[t->n - 1], .n = 1, .prefix = true};
    int64_t matches, limit = break_even(f, t);

    TRY(guess(f->c, prefix.words[0].text, &matches));
    if (matches >= limit && t->without) /* a wrong guess costs a few looks */
        f->left_out[i] = true;
    else if (matches >= limit)
        TRY(sample(f, &prefix, limit, &f->left_out[i]));
    f->looks |= f->left_out[i];
    f->collects |= matches && !f->left_out[i];
    return OK;
}

enum err search_prefix_choose(struct finder *f)
{
    f->gathers = is_alone(f);
    for (int i = 0; i < f->q->n_terms; i++)
        if (f->q->terms[i].prefix)
            TRY(choose(f, i));
    f->gathers &= !f->looks;
    return OK;
}
