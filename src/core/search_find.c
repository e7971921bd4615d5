#include "core/search_find.h"

#include <stdlib.h>

#include "base/clock.h"
#include "core/channel.h"
#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

enum { SCRATCH_BYTES = 64 << 10 };

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

/* least: the last first; only when these are all, else *end is false and out holds nothing. */
static enum err rank(struct finder *f, bool least, int64_t skip, int64_t count, struct search_found *out, bool *end)
{
    struct search_found all = {0};
    struct ranked *list;

    if (least && f->exact)
        TRY(search_walk(f, false, 0, SEARCH_RANKED, &all, end));
    else
        TRY(search_walk_newest(f, least ? 0 : skip + count, &all, end));
    if (least && !*end)
        return OK;
    list = ARENA_ARRAY(f->c->arena, struct ranked, all.n);
    for (int i = 0; i < all.n; i++)
        list[i] = (struct ranked){all.hits[i], score_of(f, &all.hits[i].m)};
    if (all.n)
        qsort(list, (size_t)all.n, sizeof(*list), compare);
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int64_t i = skip; i < all.n && out->n < count; i++)
        out->hits[out->n++] = list[least ? all.n - 1 - i : i].hit;
    out->total = all.total;
    return OK;
}

/* --- all ------------------------------------------------------------------------------------------------------ */

/* What the caller sees by being in it: all but public channels; for guests, all. */
static enum err find_hidden(struct finder *f)
{
    struct call *c = f->c;
    bool dms = f->q->has & SEARCH_IS_DM;
    enum channel_kind from = dms ? CHANNEL_IM : c->who.guest == GUEST_NONE ? CHANNEL_PRIVATE : CHANNEL_PUBLIC;

    f->hidden_alone = dms || c->who.guest != GUEST_NONE;
    return sql_member_conversations(c->db, c->arena, c->who.user, c->team, from, &f->hidden, &f->n_hidden);
}

static enum err find(struct finder *f, enum search_order order, int64_t skip, int64_t count, struct search_found *out)
{
    bool end = false, ranked = order == SEARCH_BY_SCORE || order == SEARCH_LEAST_SCORE;

    TRY(resolve_all(f));
    if (f->nothing)
        return OK;
    TRY(find_hidden(f));
    TRY(search_walk_tail(f));
    TRY(search_match_make(f));
    if (db_engine(f->c->db) == DB_POSTGRES)
        TRY(search_pg_begin(f));
    if (ranked && skip < SEARCH_RANKED)
        TRY(rank(f, order == SEARCH_LEAST_SCORE, skip, count, out, &end));
    if (!out->hits)
        TRY(search_walk(f, order == SEARCH_OLDEST || order == SEARCH_LEAST_SCORE, skip, count, out, &end));
    /* Whoever came to the end has passed them all; what is no match alone counts as far as it was seen. */
    if (!end && f->exact)
        return search_walk_count(f, out);
    out->more = !end;
    return OK;
}

enum err search_find(struct call *c, struct str text, enum search_order order, int64_t skip, int64_t count,
                     struct search_found *out)
{
    struct finder f = {.c = c, .q = &out->query, .began_us = clock_thread_us(), .began_mono_us = clock_mono_us()};
    enum err e;
    bool any;

    *out = (struct search_found){0};
    TRY(search_query_of(c, text, &out->query, &any));
    if (!any)
        return OK;
    f.scratch = arena_new(SCRATCH_BYTES);
    e = find(&f, order, skip, count, out);
    arena_free(f.scratch);
    return e;
}
