/* Matches on PostgreSQL, from the newest on, by stretches of time (search_stretch.h).
 *
 * However few are asked for, GIN collects all that match.  So it is asked for the newest few thousand documents, then
 * for so many more as time allows, and at last for all. */
#include "base/clock.h"
#include "core/search_finder.h"
#include "core/search_index.h"
#include "core/search_stretch.h"

enum {
    RECENT = 2000, /* documents that are looked at first */
    CHUNK = 200,
    SCANNED_MAX = 4000,
    GROWTH = 32,
    SEARCH_US = 12000, /* of the machine's clock: the thread's stands still while PostgreSQL works */
    LOOKED_US = 50000, /* for so long what the match does not tell all of is looked at, though nothing fits */
    ASKING_US = 300,   /* what asking costs, however little there is to look at */
    SHORT_PREFIX = 2,  /* bytes */
    FEW = 50,          /* matches that tell nothing of what one costs */
    MATCH_MAX_BYTES = 128 << 10
};

static const double ALL = 1e6;
static const double MATCH_LEAST_US = 0.3, MATCH_MOST_US = 5; /* from the index alone, and with its row */
static const double WORTH = 1.5;                             /* a window that is less wider shows too little more */

/* --- windows -------------------------------------------------------------------------------------------------- */

/* Nothing is looked for before it. */
static int64_t first_id(const struct finder *f)
{
    return f->q->from_us > f->extent.oldest ? f->q->from_us : f->extent.oldest;
}

/* In some conversations, or of somebody, there are few documents. */
static bool is_narrow(const struct finder *f)
{
    return f->in.n || f->from.n || f->hidden_alone;
}

/* GIN only sees that there are few of something where no stretch by itself has fewer: so they are long. */
static void set_span(struct finder *f, int64_t span)
{
    struct search_window *w = &f->window;

    w->length = search_stretch_length(span);
    if (is_narrow(f) && w->length < SEARCH_STRETCHES - 1)
        w->length++;
    w->from = search_stretch_begin(f->extent.newest - span, w->length);
    w->span = f->extent.newest - w->from + 1;
    w->began_us = clock_mono_us();
}

static void begin_window(struct finder *f)
{
    const struct search_extent_row *x = &f->extent;

    f->window = (struct search_window){.took_us = ASKING_US};
    f->held = -1;
    set_span(f, x->newest - (x->recent ? x->recent : x->oldest));
}

/* It was looked at for the first time: what did it take?  Less than a narrower one did, when that had to wait. */
static void note_time(struct finder *f, int64_t span_before)
{
    struct search_window *w = &f->window;
    int64_t took_us = clock_mono_us() - w->began_us, more_us = took_us - w->took_us, span = w->span - span_before;

    if (more_us <= 0) {
        more_us = took_us > ASKING_US ? took_us - ASKING_US : 0;
        span = w->span;
    }
    w->us_an_id = span > 0 ? (double)more_us / (double)span : 0;
    w->took_us = took_us;
}

/* It holds all. */
static bool is_widest(const struct finder *f)
{
    return f->window.from <= first_id(f);
}

/* So much wider the next one is at most: further than it was looked, little is known. */
static double most_growth(const struct finder *f)
{
    return f->is_plain ? ALL : is_narrow(f) ? 4 * GROWTH : GROWTH;
}

/* What all that was looked at, and is looked at again, costs but for the asking.  A word costs what it is found. */
static double again_us(const struct finder *f)
{
    double us = f->window.us_an_id * (double)f->window.span, held = (double)f->held;

    if (!f->is_plain)
        return us;
    if (f->held < FEW || us > held * MATCH_MOST_US)
        return held * MATCH_MOST_US;
    return us < held * MATCH_LEAST_US ? held * MATCH_LEAST_US : us;
}

/* How much wider the next one can be in the time that is left; stretches make it a little wider yet. */
static double growth_in_time(const struct finder *f)
{
    double left_us = (double)(f->began_mono_us + SEARCH_US - clock_mono_us());
    double more_us = left_us * 3 / 4 - (double)f->window.took_us, again = again_us(f), most = most_growth(f);

    if (more_us <= 0)
        return 0;
    return more_us >= again * (most - 1) ? most : 1 + more_us / again;
}

/* How much wider it has to be to hold so many, and some more. */
static double growth_to_hold(const struct finder *f, int64_t wanted)
{
    double times = f->held > 0 ? 1.5 * (double)wanted / (double)f->held : ALL, most = most_growth(f);

    return times < 2 ? 2 : times > most ? most : times;
}

static void widen(struct finder *f, double times)
{
    int64_t newest = f->extent.newest, most = newest - first_id(f);
    double span = (double)f->window.span * times;

    set_span(f, span < (double)most ? (int64_t)span : most);
}

static struct str match_in(const struct finder *f)
{
    struct buf b = buf_in(f->c->arena, MATCH_MAX_BYTES);

    if (f->window.from <= f->extent.oldest)
        return f->match;
    buf_str(&b, f->match);
    buf_str(&b, S(" & "));
    search_stretch_cover(&b, f->window.length, f->window.from, f->extent.newest);
    return buf_view(&b);
}

/* --- going through what matches ------------------------------------------------------------------------------- */

/* Matches of the index, and of what waits for it, as one list. */
struct walk {
    struct finder *f;
    struct str match; /* in the window */
    struct search_match_row *rows;
    int n, next;
    int64_t span;  /* of the window before */
    int64_t limit; /* rows asked for at once */
    int64_t to;    /* the last id that was not asked for yet */
    int64_t wanted, enough, given;
    int at_tail;   /* how many were taken */
    bool asked;    /* in this window */
    bool end, cut; /* cut: time has ended it */
};

static enum err ask(struct walk *w)
{
    struct finder *f = w->f;

    TRY(sql_search_stretch_newest(f->c->db, f->c->arena, w->match, f->window.from, w->to, w->limit, &w->rows, &w->n));
    w->next = 0;
    w->to = w->n < w->limit ? f->window.from - 1 : w->rows[w->n - 1].id - 1;
    if (w->asked)
        return OK;
    w->asked = true;
    note_time(f, w->span);
    f->held = w->given + (w->n ? w->rows[0].matches : 0);
    return OK;
}

/* Once there are enough, more are only looked for as far as time allows: else 0. */
static double growth_of_walk(const struct walk *w)
{
    double to_hold, in_time;

    in_time = growth_in_time(w->f);
    if (w->given < w->enough) {
        to_hold = growth_to_hold(w->f, w->f->needed);
        return in_time > to_hold ? in_time : to_hold;
    }
    to_hold = growth_to_hold(w->f, w->wanted);
    return in_time < to_hold ? in_time : to_hold;
}

/* False when nothing is left that it could show. */
static bool widen_walk(struct walk *w)
{
    double times = growth_of_walk(w);

    w->end = is_widest(w->f);
    w->cut = !w->end && times < WORTH;
    if (w->end || w->cut)
        return false;
    w->span = w->f->window.span;
    widen(w->f, times);
    w->match = match_in(w->f);
    w->asked = false;
    return true;
}

/* The next match of the index; NULL when they have ended. */
static enum err first_of_index(struct walk *w, const struct search_match_row **first)
{
    while (w->next == w->n && !w->end && !w->cut)
        if (w->to >= w->f->window.from || widen_walk(w))
            TRY(ask(w));
    *first = w->next < w->n ? &w->rows[w->next] : NULL;
    return OK;
}

static enum err take(struct walk *w, struct search_row *out, bool *found)
{
    const struct finder *f = w->f;
    const struct search_row *tail = w->at_tail < f->n_tail ? &f->tail[w->at_tail] : NULL;
    const struct search_match_row *first;

    TRY(first_of_index(w, &first));
    *found = first || (tail && !w->cut);
    if (first && !(tail && tail->id > first->id)) {
        *out = (struct search_row){first->id, first->id, first->channel_id, first->ts, first->kind, first->team_id};
        w->next++;
        w->given++;
    } else if (*found) {
        *out = *tail;
        w->at_tail++;
    }
    return OK;
}

/* --- the messages --------------------------------------------------------------------------------------------- */

/* Those of the rows, read at once; one that is not there any more is left out of both. */
static enum err read_messages(const struct finder *f, struct search_row *rows, int *n, struct message_row **messages)
{
    struct buf ids = buf_in(f->c->arena, MATCH_MAX_BYTES);
    int n_messages, kept = 0;

    for (int i = 0; i < *n; i++)
        buf_printf(&ids, "%s%lld", i ? "," : "", (long long)rows[i].id);
    TRY(sql_search_messages(f->c->db, f->c->arena, buf_view(&ids), messages, &n_messages));
    for (int i = 0; i < *n && kept < n_messages; i++)
        if (rows[i].channel_id == (*messages)[kept].channel_id && rows[i].ts == (*messages)[kept].ts)
            rows[kept++] = rows[i];
    *n = kept;
    return OK;
}

/* Takes rows that the caller may see and that are not passed over, limit at most; *end: there are no more. */
static enum err take_some(struct walk *w, int64_t limit, int64_t skip, int64_t *passed, struct search_row *rows, int *n,
                          bool *end)
{
    struct finder *f = w->f;
    bool found;

    *n = 0;
    while (*n < limit) {
        TRY(take(w, &rows[*n], &found));
        *end = !found;
        if (!found)
            break;
        if (!search_may_see(f, &rows[*n]))
            continue;
        if (f->exact && *passed < skip) /* nothing has to be looked at */
            ++*passed;
        else
            ++*n;
    }
    return OK;
}

/* Counts the rows that fit, and keeps those of the page. */
static void keep(const struct finder *f, const struct search_row *rows, const struct message_row *messages, int n,
                 int64_t skip, int64_t count, struct search_found *out)
{
    for (int i = 0; i < n; i++)
        if (search_fits_message(f, &rows[i], &messages[i])) {
            if (out->total >= skip && out->n < count)
                out->hits[out->n++] = (struct search_hit){rows[i], messages[i]};
            out->total++;
        }
}

/* What the match does not tell all of is counted by looking, as far as time allows, and one more than there have to be
 * is looked for, which tells that there is a next page. */
static bool goes_on(const struct finder *f, int64_t count, const struct search_found *out, int scanned)
{
    if (f->exact)
        return out->n < count;
    if (out->total > f->needed)
        return clock_mono_us() < f->began_mono_us + SEARCH_US;
    return scanned < SCANNED_MAX || clock_mono_us() < f->began_mono_us + LOOKED_US;
}

static enum err collect(struct walk *w, int64_t skip, int64_t count, struct search_found *out, bool *end)
{
    struct finder *f = w->f;
    struct search_row *rows = ARENA_ARRAY(f->c->arena, struct search_row, count > CHUNK ? count : CHUNK);
    struct message_row *messages;
    int n;

    *end = false;
    out->hits = ARENA_ARRAY(f->c->arena, struct search_hit, count);
    for (int scanned = 0; !*end && goes_on(f, count, out, scanned); scanned += n) {
        TRY(take_some(w, f->exact ? count - out->n : CHUNK, skip, &out->total, rows, &n, end));
        if (n == 0)
            continue;
        TRY(read_messages(f, rows, &n, &messages));
        keep(f, rows, messages, n, skip, count, out);
    }
    *end &= !w->cut;
    return OK;
}

enum err search_pg_walk(struct finder *f, int64_t skip, int64_t count, int64_t enough, struct search_found *out,
                        bool *end)
{
    struct walk w = {.f = f, .wanted = skip + count, .enough = enough, .to = f->extent.newest};

    begin_window(f);
    f->needed = enough < w.wanted ? enough : w.wanted;
    w.limit = f->exact && !skip ? count : CHUNK;
    w.match = match_in(f);
    return collect(&w, skip, count, out, end);
}

/* --- counting ------------------------------------------------------------------------------------------------- */

static enum err count_window(struct finder *f, int64_t span_before)
{
    bool found;

    TRY(sql_search_stretch_count(f->c->db, f->c->arena, match_in(f), SEARCH_COUNTED, &f->held, &found));
    note_time(f, span_before);
    return OK;
}

/* How much wider to count: 0, when time is over, and it is known that there is a next page. */
static double growth_to_count(const struct finder *f)
{
    double in_time = growth_in_time(f), to_hold = growth_to_hold(f, f->needed);

    if (f->held <= f->needed)
        return in_time > to_hold ? in_time : to_hold;
    return in_time < WORTH ? 0 : in_time;
}

/* Who has looked has counted in the window as well. */
enum err search_pg_count(struct finder *f, struct search_found *out)
{
    int64_t total, span;
    double times;

    if (f->held < 0)
        TRY(count_window(f, 0));
    while (!is_widest(f) && f->held < SEARCH_COUNTED && (times = growth_to_count(f)) > 0) {
        span = f->window.span;
        widen(f, times);
        TRY(count_window(f, span));
    }
    total = f->held + f->n_tail < SEARCH_COUNTED ? f->held + f->n_tail : SEARCH_COUNTED;
    out->total = out->n && out->total > total ? out->total : total;
    out->more = !is_widest(f) || total == SEARCH_COUNTED;
    return OK;
}

/* --- what is indexed without stretches ------------------------------------------------------------------------ */

/* A lexeme of the match as such documents have it: words with the weight A, tags without the dot and with B. */
static size_t put_older(struct buf *b, struct str rest)
{
    bool is_tag = rest.n > 1 && rest.p[1] == '.';
    size_t n = 1;

    while (n < rest.n && rest.p[n] != '\'')
        n++;
    buf_char(b, '\'');
    buf_str(b, str_of(rest.p + 1 + is_tag, n - 1 - is_tag));
    n++;
    if (n + 1 < rest.n && rest.p[n] == ':') { /* ':*' */
        buf_str(b, S("':*A"));
        return n + 2;
    }
    buf_str(b, is_tag ? S("':B") : S("':A"));
    return n;
}

static struct str either_form(const struct finder *f)
{
    struct buf b = buf_in(f->c->arena, 4 * MATCH_MAX_BYTES);
    size_t i = 0;

    buf_str(&b, f->match);
    buf_str(&b, S(" | "));
    while (i < f->match.n) {
        if (f->match.p[i] == '\'')
            i += put_older(&b, str_skip(f->match, i));
        else
            buf_char(&b, f->match.p[i++]);
    }
    return buf_view(&b);
}

/* GIN collects all that begin so, whatever the window.  Where nearly every document holds one, going through the
 * newest is better, which PostgreSQL's own plan does. */
static bool is_everywhere(const struct finder *f)
{
    for (int i = 0; i < f->q->n_terms; i++) {
        const struct search_term *t = &f->q->terms[i];
        if (t->prefix && !t->without && t->words[t->n - 1].text.n <= SHORT_PREFIX)
            return !is_narrow(f);
    }
    return false;
}

enum err search_pg_begin(struct finder *f)
{
    bool found;

    TRY(sql_search_extent(f->c->db, f->c->arena, search_last_id(f), RECENT, &f->extent, &found));
    f->stretches = !f->extent.older && !is_everywhere(f);
    begin_window(f);
    if (f->extent.older)
        f->match = either_form(f);
    return OK;
}
