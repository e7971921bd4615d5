#include "core/search_fill.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/channel.h"
#include "store/db.h"

enum { FORGET = 1, TIDY_PAGES = 256, TIDY_SHARE = 8, TIDY_LEAST = 20000 };

/* --- how far it is -------------------------------------------------------------------------------------------- */

static enum err mark_set(struct db *index, struct arena *a, const struct search_fill *f)
{
    int64_t changed;

    return sql_search_mark_set(index, a, f->upto, f->seen, f->docs, f->tidied, &changed);
}

/* The index is behind what was taken off for it, or knows of more than ever was. */
static bool is_strange(const struct search_fill *f, const struct search_state_row *state)
{
    int64_t newest = state->newest_gone > state->newest_doc ? state->newest_gone : state->newest_doc;

    return f->seen < state->pruned || f->seen > state->last_change || f->upto > newest;
}

static enum err start_over(struct db *index, struct arena *a, struct search_fill *f)
{
    int64_t changed;

    log_warn("search_index", "what=\"belongs to another copy of the database, so it is made anew\"");
    TRY(sql_search_forget(index, a, FORGET, &changed));
    f->upto = f->docs = f->tidied = 0;
    return OK;
}

enum err search_fill_open(struct db *db, struct db *index, struct arena *a, struct search_fill *f)
{
    struct search_mark_row mark;
    struct search_state_row state;
    bool found;

    *f = (struct search_fill){0};
    if (db_engine(db) == DB_POSTGRES)
        return OK;
    TRY(sql_search_mark_get(index, a, &mark, &found));
    TRY(sql_search_state_get(db, a, &state, &found));
    search_index_begin(state.newest_doc > mark.upto ? state.newest_doc : mark.upto);
    *f = (struct search_fill){mark.upto, mark.seen, mark.docs, mark.tidied};
    if (f->upto && is_strange(f, &state))
        TRY(start_over(index, a, f));
    if (!f->upto) /* what changed before is not in it */
        f->seen = state.last_change;
    return mark_set(index, a, f);
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static struct search_entry entry_of(struct db *db, struct arena *a, const struct search_said_row *said)
{
    struct message_row m = {.channel_id = said->channel_id,
                            .user_id = said->user_id,
                            .bot_id = said->bot_id,
                            .subtype = said->subtype,
                            .pinned = said->pinned,
                            .text = said->text,
                            .blocks = said->blocks,
                            .attachments = said->attachments};

    return search_entry_of(db, a, said->team_id, said->kind == CHANNEL_PUBLIC, said->id, &m);
}

/* Of several changes of one document the first tells what the index holds; what is there now counts. */
static enum err read_change(struct db *db, struct arena *a, const struct search_change_row *x, struct search_step *step)
{
    struct search_said_row said;
    bool found;

    *step = (struct search_step){.place = x->place, .was = {x->words, x->tags}};
    TRY(sql_search_said(db, a, x->place & SEARCH_ID_MAX, &said, &found));
    if (found)
        step->is = entry_of(db, a, &said);
    return OK;
}

static void add_docs(struct db *db, struct arena *a, const struct search_said_row *docs, int n,
                     struct search_batch *out)
{
    for (int i = 0; i < n; i++)
        out->steps[out->n++] = (struct search_step){.place = search_place(db, docs[i].channel_id, docs[i].id),
                                                    .is = entry_of(db, a, &docs[i])};
}

static void add_new_docs(struct db *db, struct arena *a, const struct search_said_row *docs, int n,
                         struct search_batch *out)
{
    add_docs(db, a, docs, n, out);
    if (n)
        out->after.upto = docs[n - 1].id;
    out->after.docs += n;
}

/* What is indexed without its stretches of time is indexed again. */
static enum err read_older(struct db *db, struct arena *a, int limit, struct search_batch *out)
{
    struct search_said_row *docs;
    int64_t older;
    bool found;
    int n;

    TRY(sql_search_older_get(db, a, &older, &found));
    if (!older)
        return OK;
    TRY(sql_search_older(db, a, older, limit, &docs, &n));
    out->steps = ARENA_ARRAY(a, struct search_step, n);
    add_docs(db, a, docs, n, out);
    out->after.docs += n;
    out->more = n == limit;
    out->older = out->more ? docs[n - 1].id - 1 : 0;
    return OK;
}

static enum err changes_since(struct db *db, struct arena *a, const struct search_fill *f, struct search_batch *out,
                              struct search_change_row **rows, int *n)
{
    struct search_state_row state;
    bool found;

    *n = 0;
    if (db_engine(db) == DB_POSTGRES)
        return OK;
    TRY(sql_search_state_get(db, a, &state, &found));
    if (state.last_change == f->seen)
        return OK;
    out->after.seen = state.last_change;
    return sql_search_changes(db, a, f->seen, rows, n);
}

/* FTS5 writes what it has collected whenever a place is lower than the one before. */
static int compare(const void *a, const void *b)
{
    const struct search_step *x = a, *y = b;

    return x->place < y->place ? -1 : x->place > y->place;
}

enum err search_fill_read(struct db *db, struct arena *a, const struct search_fill *f, int limit,
                          struct search_batch *out)
{
    struct search_change_row *changes;
    struct search_said_row *docs;
    int n_changes, n_docs;
    bool pg = db_engine(db) == DB_POSTGRES;

    *out = (struct search_batch){.after = *f, .older = SEARCH_OLDER_SAME};
    TRY(changes_since(db, a, f, out, &changes, &n_changes));
    TRY(sql_search_pending(db, a, f->upto, limit, &docs, &n_docs));
    if (pg && n_docs == 0)
        return read_older(db, a, limit, out);
    out->more = n_docs == limit || (pg && n_docs); /* older ones come after all that have no words */
    out->steps = ARENA_ARRAY(a, struct search_step, n_changes + n_docs);
    for (int i = 0; i < n_changes; i++)
        if ((changes[i].place & SEARCH_ID_MAX) <= f->upto) /* else it comes with the new ones, as it is now */
            TRY(read_change(db, a, &changes[i], &out->steps[out->n++]));
    add_new_docs(db, a, docs, n_docs, out);
    qsort(out->steps, (size_t)out->n, sizeof(*out->steps), compare);
    return OK;
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static enum err write_steps(struct db *index, struct arena *a, const struct search_batch *b)
{
    int64_t changed;

    for (int i = 0; i < b->n; i++) {
        const struct search_step *s = &b->steps[i];
        if (s->was.tags.n)
            TRY(sql_search_words_remove(index, a, s->place, s->was.words, s->was.tags, &changed));
        if (s->is.tags.n)
            TRY(sql_search_words_add(index, a, s->place, s->is.words, s->is.tags, &changed));
    }
    return OK;
}

static enum err write_postgres(struct db *db, struct arena *a, const struct search_batch *b)
{
    int64_t changed;
    struct str limit;
    bool found;

    if (b->n) {
        TRY(sql_search_fill_begin(db, a, &limit, &found));
        TRY(write_steps(db, a, b));
    }
    if (b->older != SEARCH_OLDER_SAME)
        TRY(sql_search_older_set(db, a, b->older, &changed));
    return !b->more && b->after.docs ? sql_search_fill_end(db, a, &changed, &found) : OK;
}

enum err search_fill_write(struct db *index, struct arena *a, const struct search_batch *b)
{
    if (db_engine(index) == DB_POSTGRES)
        return write_postgres(index, a, b);
    TRY(write_steps(index, a, b));
    return mark_set(index, a, &b->after);
}

enum err search_fill_tidy(struct db *index, struct arena *a, struct search_fill *f, bool *more)
{
    bool found, all = f->docs - f->tidied > f->docs / TIDY_SHARE + TIDY_LEAST;
    int64_t before, after, changed;

    if (all) {
        f->tidied = f->docs;
        TRY(mark_set(index, a, f));
    }
    TRY(sql_search_written(index, a, &before, &found));
    TRY(sql_search_merge(index, a, all ? -TIDY_PAGES : TIDY_PAGES, &changed));
    TRY(sql_search_written(index, a, &after, &found));
    *more = after - before > 1;
    return OK;
}

enum err search_fill_waiting(struct db *db, struct arena *a, const struct search_fill *f, int limit, int64_t *n)
{
    bool found;

    return sql_search_waiting(db, a, f->upto, limit, n, &found);
}

enum err search_fill_prune(struct db *db, struct arena *a, int64_t seen)
{
    int64_t n;

    TRY(sql_search_changes_note(db, a, seen, &n));
    return sql_search_changes_prune(db, a, seen, &n);
}
