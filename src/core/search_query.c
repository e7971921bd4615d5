#include "core/search_query.h"

#include "core/search_words.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* --- pieces --------------------------------------------------------------------------------------------------- */

/* Takes a piece off the front of *rest: up to a space, or in quotes up to the next quote. */
static struct str take_piece(struct str *rest, bool *quoted)
{
    struct str piece;
    size_t n = 0;

    *quoted = rest->n && rest->p[0] == '"';
    if (*quoted)
        *rest = str_skip(*rest, 1);
    while (n < rest->n && (*quoted ? rest->p[n] != '"' : !is_space(rest->p[n]) && rest->p[n] != '"'))
        n++;
    piece = str_head(*rest, n);
    *rest = str_skip(*rest, *quoted && n < rest->n ? n + 1 : n);
    return piece;
}

static bool modifier_key(struct str *text, enum search_key *key)
{
    static const char *const names[] = {"from", "in", "to", "before", "after", "on", "during", "has", "is"};
    ptrdiff_t colon = str_chr(str_head(*text, 8), ':');

    if (colon <= 0 || (size_t)colon + 1 >= text->n || is_space(text->p[colon + 1]))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!str_eq_nocase(str_head(*text, (size_t)colon), str_c(names[i])))
            continue;
        *key = (enum search_key)i;
        *text = str_skip(*text, (size_t)colon + 1);
        return true;
    }
    return false;
}

/* The single letter at a run's end only repeats what the pair before it says; alone it is the beginning of pairs. */
static void end_of_run(struct search_term *t, const struct search_word *last)
{
    if (!last->last)
        return;
    if (t->n >= 2 && str_ends(t->words[t->n - 2], t->words[t->n - 1]))
        t->n--;
    else
        t->prefix = true;
}

static void add_term(struct arena *a, struct search_query *q, struct str piece, bool quoted, bool without)
{
    enum { PREFIX_MIN_BYTES = 2 };
    struct search_scan scan = {.text = piece};
    struct search_word w = {0}, last = {0};
    struct search_term *t = &q->terms[q->n_terms];

    if (q->n_terms == SEARCH_TERMS)
        return;
    *t = (struct search_term){.words = ARENA_ARRAY(a, struct str, SEARCH_PHRASE_WORDS), .without = without};
    while (t->n < SEARCH_PHRASE_WORDS && search_scan_next(&scan, &w)) {
        t->words[t->n++] = arena_dup(a, search_word_str(&w));
        last = w;
    }
    if (t->n == 0)
        return;
    end_of_run(t, &last);
    if (!quoted && piece.p[piece.n - 1] == '*' && t->words[t->n - 1].n >= PREFIX_MIN_BYTES)
        t->prefix = true;
    q->n_terms++;
}

static void add_modifier(struct search_query *q, enum search_key key, struct str value, bool without)
{
    if (q->n_modifiers < SEARCH_MODIFIERS && value.n)
        q->modifiers[q->n_modifiers++] = (struct search_modifier){.key = key, .value = value, .without = without};
}

void search_query_read(struct arena *a, struct str text, struct search_query *out)
{
    struct str rest = text;

    *out = (struct search_query){0};
    while (rest.n) {
        enum search_key key;
        bool without = false, quoted;

        if (is_space(rest.p[0])) {
            rest = str_skip(rest, 1);
            continue;
        }
        if (rest.n > 1 && rest.p[0] == '-' && !is_space(rest.p[1])) {
            without = true;
            rest = str_skip(rest, 1);
        }
        if (modifier_key(&rest, &key)) {
            struct str value = take_piece(&rest, &quoted);

            add_modifier(out, key, value, without);
        } else {
            struct str piece = take_piece(&rest, &quoted);

            if (piece.n)
                add_term(a, out, piece, quoted, without);
        }
    }
}

/* --- an engine's expression ----------------------------------------------------------------------------------- */

static void put_term(struct buf *b, enum db_engine engine, const struct search_term *t)
{
    const char *between = engine == DB_SQLITE ? " " : "'<->'";

    buf_char(b, engine == DB_SQLITE ? '"' : '\'');
    for (int i = 0; i < t->n; i++) {
        if (i)
            buf_str(b, str_c(between));
        buf_str(b, t->words[i]);
    }
    buf_char(b, engine == DB_SQLITE ? '"' : '\'');
    if (t->prefix)
        buf_str(b, engine == DB_SQLITE ? S("*") : S(":*"));
}

static void put_group(struct buf *b, enum db_engine engine, const struct search_marks *g)
{
    char quote = engine == DB_SQLITE ? '"' : '\'';

    buf_char(b, '(');
    for (int i = 0; i < g->n; i++) {
        if (i)
            buf_str(b, engine == DB_SQLITE ? S(" OR ") : S("|"));
        buf_char(b, quote);
        buf_str(b, g->v[i]);
        buf_char(b, quote);
    }
    buf_char(b, ')');
}

/* "and" or "and not", but nothing before the first. */
static void put_joint(struct buf *b, enum db_engine engine, bool without)
{
    if (b->n && b->p[b->n - 1] != '(')
        buf_str(b, engine == DB_SQLITE ? without ? S(" NOT ") : S(" AND ") : S("&"));
    if (without && engine == DB_POSTGRES)
        buf_char(b, '!');
}

static void put_all(struct buf *b, enum db_engine engine, const struct search_query *q,
                    const struct search_marks *groups, int n_groups, bool without)
{
    for (int i = 0; i < q->n_terms; i++) {
        if (q->terms[i].without != without)
            continue;
        put_joint(b, engine, without);
        buf_char(b, '(');
        put_term(b, engine, &q->terms[i]);
        buf_char(b, ')');
    }
    for (int i = 0; i < n_groups; i++) {
        if (groups[i].without != without || groups[i].n == 0)
            continue;
        put_joint(b, engine, without);
        put_group(b, engine, &groups[i]);
    }
}

/* FTS5's NOT stands between two sides, and binds closer than AND: the wanted side is put in brackets first. */
struct str search_match(struct arena *a, enum db_engine engine, const struct search_query *q,
                        const struct search_marks *groups, int n_groups)
{
    struct buf b = buf_in(a, 1 << 20);

    buf_char(&b, '(');
    put_all(&b, engine, q, groups, n_groups, false);
    buf_char(&b, ')');
    put_all(&b, engine, q, groups, n_groups, true);
    return buf_view(&b);
}

/* --- how well a text answers ---------------------------------------------------------------------------------- */

static bool word_fits(const struct search_term *t, int i, struct str word)
{
    return t->prefix && i == t->n - 1 ? str_starts(word, t->words[i]) : str_eq(word, t->words[i]);
}

/* How far each term has been met; a phrase begins anew where a word does not go on with it. */
struct meeting {
    int step, times;
};

static void meet(const struct search_term *t, struct meeting *m, struct str word)
{
    if (!word_fits(t, m->step, word))
        m->step = 0;
    if (!word_fits(t, m->step, word))
        return;
    if (++m->step < t->n)
        return;
    m->times++;
    m->step = 0;
}

double search_score(const struct search_query *q, struct str text)
{
    enum { USUAL_WORDS = 40 };
    struct meeting met[SEARCH_TERMS] = {{0}};
    struct search_scan scan = {.text = text};
    struct search_word w;
    double score = 0;
    int words = 0;

    while (search_scan_next(&scan, &w)) {
        words++;
        for (int i = 0; i < q->n_terms; i++)
            if (!q->terms[i].without)
                meet(&q->terms[i], &met[i], search_word_str(&w));
    }
    /* As bm25 does it: a second meeting counts less than the first, and a short text more than a long one. */
    for (int i = 0; i < q->n_terms; i++)
        score += met[i].times * 2.2 / (met[i].times + 1.2 * (0.25 + 0.75 * words / USUAL_WORDS));
    return score;
}

/* --- highlight ------------------------------------------------------------------------------------------------ */

/* The word is one of those looked for. */
static bool is_wanted(const struct search_query *q, struct str word)
{
    for (int i = 0; i < q->n_terms; i++)
        for (int k = 0; k < q->terms[i].n; k++)
            if (!q->terms[i].without && word_fits(&q->terms[i], k, word))
                return true;
    return false;
}

/* The end of the sequence <…> or entity &…; that begins at p, or 0. */
static size_t whole(struct str s)
{
    ptrdiff_t end;

    if (s.p[0] != '<' && s.p[0] != '&')
        return 0;
    end = str_chr(s.p[0] == '<' ? s : str_head(s, 6), s.p[0] == '<' ? '>' : ';');
    return end < 0 ? 0 : (size_t)end + 1;
}

/* A stretch of text that is wanted; empty: none. */
struct stretch {
    size_t from, to;
};

static void put_stretch(struct buf *b, struct str text, const struct stretch *s, size_t *done)
{
    if (s->to == s->from)
        return;
    buf_str(b, str_of(text.p + *done, s->from - *done));
    buf_printf(b, "\xEE\x80\x80%.*s\xEE\x80\x81", (int)(s->to - s->from), text.p + s->from);
    *done = s->to;
}

static void highlight_plain(struct buf *b, const struct search_query *q, struct str text)
{
    struct search_scan scan = {.text = text};
    struct search_word w;
    struct stretch s = {0};
    size_t done = 0;

    while (search_scan_next(&scan, &w)) {
        if (!is_wanted(q, search_word_str(&w)))
            continue;
        if (s.to == s.from || w.from >= s.to) { /* else neighbouring pairs, which overlap */
            put_stretch(b, text, &s, &done);
            s.from = w.from;
        }
        s.to = w.to > s.to ? w.to : s.to;
    }
    put_stretch(b, text, &s, &done);
    buf_str(b, str_skip(text, done));
}

struct str search_highlight(struct arena *a, const struct search_query *q, struct str text)
{
    struct buf b = buf_in(a, text.n * 8 + 64);
    size_t from = 0, at = 0;

    while (at < text.n) {
        size_t n = whole(str_skip(text, at));

        if (n == 0) {
            at++;
            continue;
        }
        highlight_plain(&b, q, str_of(text.p + from, at - from));
        buf_put(&b, text.p + at, n);
        at += n;
        from = at;
    }
    if (from < text.n)
        highlight_plain(&b, q, str_skip(text, from));
    return buf_view(&b);
}
