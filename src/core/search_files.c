#include "core/search_files.h"

#include <stdlib.h>

#include "core/file.h"
#include "core/search_finder.h"
#include "core/search_names.h"

/* Of what the index gives, or of all where no word is asked for, the newest that the caller sees are looked at. */
enum { BATCH = 200, SCANNED_MAX = 4000 };

struct seeker {
    struct call *c;
    const struct search_query *q;
    struct str match;    /* the words, as the index takes them; empty: none has to be there */
    struct str unwanted; /* when none has to be there: what must not; empty: nothing */
    struct search_ids from, not_from, in, not_in;
};

static enum err resolve(struct seeker *s)
{
    TRY(search_users(s->c, &s->q->from, &s->from));
    TRY(search_users(s->c, &s->q->not_from, &s->not_from));
    TRY(search_places(s->c, &s->q->in, &s->in));
    return search_places(s->c, &s->q->not_in, &s->not_in);
}

/* Names that there are not, and what messages alone have (to:, has:link, is:thread …). */
static bool finds_nothing(const struct seeker *s)
{
    const struct search_query *q = s->q;

    return (q->from.n && !s->from.n) || (q->in.n && !s->in.n) || q->to.n || (q->has & ~(unsigned)SEARCH_HAS_FILE) ||
           (q->has_not & SEARCH_HAS_FILE);
}

static bool fits_owner(const struct seeker *s, const struct file_row *f)
{
    if (s->from.n && !search_has_id(&s->from, f->user_id) && !(f->bot_id && search_has_id(&s->from, f->bot_id)))
        return false;
    return !search_has_id(&s->not_from, f->user_id) && !(f->bot_id && search_has_id(&s->not_from, f->bot_id));
}

static enum err fits_places(const struct seeker *s, const struct file_row *f, bool *fits)
{
    struct file_shares shares;
    bool inside = false, outside = true;

    *fits = true;
    if (!s->in.n && !s->not_in.n)
        return OK;
    TRY(file_shares_load(s->c, f->id, &shares));
    for (int i = 0; i < shares.n; i++) {
        inside = inside || search_has_id(&s->in, shares.rows[i].channel_id);
        outside = outside && !search_has_id(&s->not_in, shares.rows[i].channel_id);
    }
    *fits = (inside || !s->in.n) && outside;
    return OK;
}

/* Puts those of a batch that fit behind found[*n]. */
static enum err sift(const struct seeker *s, const struct file_row *rows, int n_rows, struct file_row *found, int *n)
{
    for (int i = 0; i < n_rows; i++) {
        bool fits;
        if (!fits_owner(s, &rows[i]))
            continue;
        TRY(fits_places(s, &rows[i], &fits));
        if (fits)
            found[(*n)++] = rows[i];
    }
    return OK;
}

static enum err read_batch(const struct seeker *s, int64_t at, struct file_row **rows, int *n)
{
    struct call *c = s->c;
    int64_t guest = c->who.guest != GUEST_NONE, place = s->in.n == 1 ? s->in.v[0] : 0;
    int64_t from_us = s->q->from_us, to_us = s->q->to_us - 1;

    if (s->match.n)
        return sql_file_words_find(c->db, c->arena, s->match, c->team, c->who.user, guest, from_us, to_us, BATCH, at,
                                   rows, n);
    if (s->unwanted.n)
        return sql_file_words_without(c->db, c->arena, s->unwanted, c->team, c->who.user, guest, from_us, to_us, place,
                                      BATCH, at, rows, n);
    return sql_file_list(c->db, c->arena, c->team, c->who.user, guest, from_us, to_us, 0, S(""), place, BATCH, at, rows,
                         n);
}

static enum err scan(const struct seeker *s, struct file_row *found, int *n)
{
    struct file_row *rows;
    int n_rows = BATCH;

    for (int64_t at = 0; at < SCANNED_MAX && n_rows == BATCH; at += BATCH) {
        TRY(read_batch(s, at, &rows, &n_rows));
        TRY(sift(s, rows, n_rows, found, n));
    }
    return OK;
}

/* An id tells when a file was promised, which may be long before it came. */
static int later_first(const void *a, const void *b)
{
    const struct file_row *x = a, *y = b;

    if (x->created_us != y->created_us)
        return x->created_us < y->created_us ? 1 : -1;
    return x->id < y->id ? 1 : -1;
}

enum err search_files_find(struct call *c, struct str text, bool oldest_first, int64_t skip, int64_t count,
                           struct search_files *out)
{
    struct seeker s = {.c = c, .q = &out->query};
    struct file_row *found;
    bool any;
    int n = 0;

    *out = (struct search_files){0};
    TRY(search_query_of(c, text, &out->query, &any));
    TRY(resolve(&s));
    if (!any || finds_nothing(&s))
        return OK;
    found = ARENA_ARRAY(c->arena, struct file_row, SCANNED_MAX);
    s.match = search_match_words(c, s.q);
    s.unwanted = search_match_unwanted(c, s.q);
    TRY(scan(&s, found, &n));
    if (n)
        qsort(found, (size_t)n, sizeof(*found), later_first);
    out->rows = ARENA_ARRAY(c->arena, struct file_row, count);
    for (int64_t i = skip; i < n && out->n < count; i++)
        out->rows[out->n++] = found[oldest_first ? n - 1 - i : i];
    out->total = n;
    return OK;
}
