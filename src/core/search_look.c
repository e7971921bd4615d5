/* Looking at messages: who may see them, whether they fit, and those that the index does not tell of yet. */
#include "core/channel.h"
#include "core/search_finder.h"
#include "core/search_index.h"
#include "store/db.h"

enum { TAIL_MAX = 20000 };

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
bool search_may_see(const struct finder *f, const struct search_row *row)
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
    return search_has_told(m) | (m->has_reactions ? SEARCH_HAS_REACTION : 0u) | (m->thread_ts ? SEARCH_IS_THREAD : 0u) |
           (row->kind == CHANNEL_IM || row->kind == CHANNEL_MPIM ? SEARCH_IS_DM : 0u);
}

/* All that is no word. */
bool search_fits_message(const struct finder *f, const struct search_row *row, const struct message_row *m)
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

bool search_fits_words(const struct finder *f, const struct message_row *m)
{
    struct search_word *words;
    int n = search_words(f->scratch, search_text_of(f->scratch, m), SEARCH_WORDS_MAX, true, &words);

    return search_query_fits(f->q, words, n);
}

/* --- what the index does not tell rightly yet ----------------------------------------------------------------- */

int64_t search_last_id(const struct finder *f)
{
    return f->q->to_us == INT64_MAX ? INT64_MAX : f->q->to_us + 4096; /* ids lie a little behind their ts */
}

static enum err keep_matches(struct finder *f, const struct search_row *rows, int n)
{
    struct call *c = f->c;
    struct message_row m;
    bool found;

    for (int i = 0; i < n; i++) {
        if (!search_may_see(f, &rows[i]))
            continue;
        arena_reset(f->scratch);
        TRY(sql_message_get(c->db, f->scratch, rows[i].channel_id, rows[i].ts, &m, &found));
        if (found && search_fits_message(f, &rows[i], &m) && search_fits_words(f, &m))
            f->tail[f->n_tail++] = rows[i];
    }
    return OK;
}

/* SQLite's index tells how far it is, and of what it does not know that it changed; PostgreSQL indexes at once, but for
 * what was said before there was an index. */
static enum err read_mark(struct finder *f)
{
    struct call *c = f->c;
    struct search_mark_row mark;
    bool found;

    if (db_engine(c->db) == DB_POSTGRES)
        return OK;
    TRY(sql_search_mark_get(c->db, c->arena, &mark, &found));
    f->upto = mark.upto;
    f->n_docs = mark.docs;
    return sql_search_changed(c->db, c->arena, mark.seen, mark.upto, &f->changed, &f->n_changed);
}

enum err search_walk_tail(struct finder *f)
{
    struct call *c = f->c;
    struct search_row *waiting;
    int n;

    TRY(read_mark(f));
    TRY(sql_search_tail(c->db, c->arena, f->upto, f->q->from_us, search_last_id(f), TAIL_MAX, &waiting, &n));
    f->tail = ARENA_ARRAY(c->arena, struct search_row, n + f->n_changed);
    TRY(keep_matches(f, waiting, n));
    return keep_matches(f, f->changed, f->n_changed);
}

bool search_is_changed(const struct finder *f, int64_t id)
{
    int low = 0, high = f->n_changed;

    while (low < high) { /* newest first */
        int mid = (low + high) / 2;
        if (f->changed[mid].id == id)
            return true;
        if (f->changed[mid].id > id)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}
