#include "core/search_query.h"

#include "base/day.h"
#include "base/utf8.h"

struct reader {
    struct arena *a;
    struct search_query *q;
    int64_t now_us, offset_us;
};

/* --- days ----------------------------------------------------------------------------------------------------- */

static int64_t year_of(int64_t days)
{
    int64_t y = 1970 + days / 366;

    while (day_of_date(y + 1, 1, 1) <= days)
        y++;
    return y;
}

static int month_of(int64_t days)
{
    int64_t y = year_of(days);
    int m = 1;

    while (m < 12 && day_of_date(y, m + 1, 1) <= days)
        m++;
    return m;
}

/* Days [*from, *to). */
struct span {
    int64_t from, to;
};

static struct span month_span(int64_t y, int m)
{
    return (struct span){day_of_date(y, m, 1), m == 12 ? day_of_date(y + 1, 1, 1) : day_of_date(y, m + 1, 1)};
}

static bool read_numbers(struct str text, char sep, int64_t *v, int *n)
{
    struct str piece;

    for (*n = 0; str_cut(&text, sep, &piece); ++*n)
        if (*n == 3 || !str_to_i64(piece, &v[*n]) || v[*n] < 1 || v[*n] > 9999)
            return false;
    return *n > 0;
}

/* 2026, 2026-11, 2026-11-24, 11/24/2026. */
static bool read_date(struct str text, struct span *out)
{
    int64_t v[3];
    int n;

    if (read_numbers(text, '/', v, &n) && n == 3 && v[2] >= 1970 && v[0] <= 12 && v[1] <= 31) {
        out->from = day_of_date(v[2], (int)v[0], (int)v[1]);
        out->to = out->from + 1;
        return true;
    }
    if (!read_numbers(text, '-', v, &n) || v[0] < 1970 || (n > 1 && v[1] > 12) || (n > 2 && v[2] > 31))
        return false;
    if (n == 1)
        *out = (struct span){day_of_date(v[0], 1, 1), day_of_date(v[0] + 1, 1, 1)};
    else
        *out = month_span(v[0], (int)v[1]);
    if (n == 3)
        *out = (struct span){out->from + v[2] - 1, out->from + v[2]};
    return true;
}

/* today, yesterday, week, month, year, a weekday's or a month's name: the last such time. */
static bool read_word_date(struct str text, int64_t today, struct span *out)
{
    static const struct str months[] = {{"january", 7},   {"february", 8}, {"march", 5},    {"april", 5},
                                        {"may", 3},       {"june", 4},     {"july", 4},     {"august", 6},
                                        {"september", 9}, {"october", 7},  {"november", 8}, {"december", 8}};
    static const struct str weekdays[] = {{"thursday", 8}, {"friday", 6},  {"saturday", 8}, {"sunday", 6},
                                          {"monday", 6},   {"tuesday", 7}, {"wednesday", 9}}; /* of day 0 and on */
    int64_t year = year_of(today);

    *out = (struct span){today, today + 1};
    if (str_eq_nocase(text, S("today")))
        return true;
    if (str_eq_nocase(text, S("yesterday")))
        return *out = (struct span){today - 1, today}, true;
    if (str_eq_nocase(text, S("week")))
        return *out = (struct span){today - 6, today + 1}, true;
    if (str_eq_nocase(text, S("month")))
        return *out = month_span(year, month_of(today)), true;
    if (str_eq_nocase(text, S("year")))
        return *out = (struct span){day_of_date(year, 1, 1), day_of_date(year + 1, 1, 1)}, true;
    for (int i = 0; i < 12; i++)
        if (str_eq_nocase(text, months[i]) || (text.n == 3 && str_eq_nocase(text, str_head(months[i], 3))))
            return *out = month_span(i + 1 > month_of(today) ? year - 1 : year, i + 1), true;
    for (int i = 0; i < 7; i++)
        if (str_eq_nocase(text, weekdays[i]))
            for (int64_t day = today; day > today - 7; day--)
                if (day % 7 == i)
                    return *out = (struct span){day, day + 1}, true;
    return false;
}

/* before, after, on, during.  False when the day makes no sense. */
static bool read_when(struct reader *r, struct str key, struct str value)
{
    int64_t today = (r->now_us + r->offset_us) / DAY_US, from, to;
    struct span span;

    if (!read_date(value, &span) && !read_word_date(value, today, &span))
        return false;
    from = span.from * DAY_US - r->offset_us;
    to = span.to * DAY_US - r->offset_us;
    if (str_eq(key, S("before"))) {
        to = from;
        from = r->q->from_us;
    } else if (str_eq(key, S("after"))) {
        from = to;
        to = r->q->to_us;
    }
    if (from > r->q->from_us)
        r->q->from_us = from;
    if (to < r->q->to_us)
        r->q->to_us = to;
    return true;
}

/* --- modifiers ------------------------------------------------------------------------------------------------ */

static bool add_name(struct search_names *names, struct str value)
{
    if (names->n < SEARCH_NAMES_MAX)
        names->v[names->n++] = value;
    return true;
}

static bool read_has(struct reader *r, struct str value, bool without)
{
    static const struct {
        struct str word;
        unsigned bit;
    } words[] = {
        {{"link", 4}, SEARCH_HAS_LINK},         {{"url", 3}, SEARCH_HAS_LINK},      {{"file", 4}, SEARCH_HAS_FILE},
        {{"reaction", 8}, SEARCH_HAS_REACTION}, {{"pin", 3}, SEARCH_HAS_PIN},       {{"pinned", 6}, SEARCH_HAS_PIN},
        {{"thread", 6}, SEARCH_IS_THREAD},      {{"threads", 7}, SEARCH_IS_THREAD}, {{"dm", 2}, SEARCH_IS_DM}};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_eq_nocase(value, words[i].word)) {
            *(without ? &r->q->has_not : &r->q->has) |= words[i].bit;
            return true;
        }
    return false;
}

static bool read_modifier(struct reader *r, struct str key, struct str value, bool without)
{
    struct search_query *q = r->q;

    if (value.n == 0)
        return false;
    if (str_eq(key, S("from")))
        return add_name(without ? &q->not_from : &q->from, value);
    if (str_eq(key, S("in")))
        return add_name(without ? &q->not_in : &q->in, value);
    if (str_eq(key, S("to")) && !without)
        return add_name(&q->to, value);
    if (str_eq(key, S("has")) || str_eq(key, S("is")))
        return read_has(r, value, without);
    if (str_eq(key, S("before")) || str_eq(key, S("after")) || str_eq(key, S("on")) || str_eq(key, S("during")))
        return !without && read_when(r, key, value);
    return false;
}

/* --- terms ---------------------------------------------------------------------------------------------------- */

static void add_term(struct reader *r, struct str text, bool prefix, bool without)
{
    struct search_term t = {.prefix = prefix, .without = without};
    struct search_word *words;

    t.n = search_words(r->a, text, SEARCH_TERMS_MAX, false, &words);
    t.words = words;
    /* One character of CJK text is part of pairs. */
    if (t.n == 1 && (unsigned char)t.words[0].text.p[0] >= 0xE0 && utf8_count(t.words[0].text) == 1)
        t.prefix = true;
    if (t.n && r->q->n_terms < SEARCH_TERMS_MAX)
        r->q->terms[r->q->n_terms++] = t;
}

/* A piece up to the next blank: a modifier, or words that stand together ("foo-bar"). */
static void read_piece(struct reader *r, struct str piece, bool without)
{
    struct str value = piece, key;
    bool prefix = str_ends(piece, S("*"));

    str_cut(&value, ':', &key);
    if (key.n < piece.n && read_modifier(r, utf8_fold(r->a, key), value, without))
        return;
    add_term(r, piece, prefix, without);
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

/* The piece of text that begins at *at, which is moved behind it; modifiers may hold quotes: from:"Ann Lee". */
static struct str next_piece(struct str text, size_t *at)
{
    size_t begin = *at;
    bool quoted = false;

    while (*at < text.n && (quoted || !is_blank(text.p[*at])))
        quoted ^= text.p[(*at)++] == '"';
    return str_of(text.p + begin, *at - begin);
}

static struct str unquote(struct arena *a, struct str s)
{
    struct buf b = buf_in(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '"')
            buf_char(&b, s.p[i]);
    return buf_view(&b);
}

bool search_query_read(struct arena *a, struct str text, int64_t now_us, int64_t tz_offset_s, struct search_query *out)
{
    struct reader r = {a, out, now_us, tz_offset_s * US_PER_S};
    size_t at = 0;
    bool positive = false;

    *out = (struct search_query){.to_us = INT64_MAX};
    text = utf8_head(text, SEARCH_QUERY_MAX_CHARS);
    while (at < text.n) {
        bool without;
        struct str piece;
        if (is_blank(text.p[at])) {
            at++;
            continue;
        }
        without = text.p[at] == '-' && at + 1 < text.n && !is_blank(text.p[at + 1]);
        at += without;
        piece = next_piece(text, &at);
        if (piece.n && piece.p[0] == '"')
            add_term(&r, piece, str_ends(piece, S("*")), without);
        else
            read_piece(&r, unquote(a, piece), without);
    }
    for (int i = 0; i < out->n_terms; i++)
        positive = positive || !out->terms[i].without;
    return positive || out->from.n || out->in.n || out->to.n || out->has || out->from_us || out->to_us != INT64_MAX;
}

/* --- matching ------------------------------------------------------------------------------------------------- */

static bool term_at(const struct search_term *t, const struct search_word *words, int n, int at)
{
    if (at + t->n > n)
        return false;
    for (int i = 0; i < t->n; i++) {
        struct str have = words[at + i].text, want = t->words[i].text;
        if (!(t->prefix && i == t->n - 1 ? str_starts(have, want) : str_eq(have, want)))
            return false;
    }
    return true;
}

int search_term_count(const struct search_term *t, const struct search_word *words, int n)
{
    int count = 0;

    for (int at = 0; at + t->n <= n; at++)
        count += term_at(t, words, n, at);
    return count;
}

bool search_query_fits(const struct search_query *q, const struct search_word *words, int n)
{
    for (int i = 0; i < q->n_terms; i++)
        if ((search_term_count(&q->terms[i], words, n) > 0) == q->terms[i].without)
            return false;
    return true;
}

int search_query_count(const struct search_query *q, const struct search_word *words, int n)
{
    int count = 0;

    for (int i = 0; i < q->n_terms; i++)
        if (!q->terms[i].without)
            count += search_term_count(&q->terms[i], words, n) * q->terms[i].n;
    return count;
}

/* Bytes [*begin, *end) of the next thing found from word at on; false when there is none. */
static bool next_mark(const struct search_query *q, const struct search_word *words, int n, int *at, size_t *begin,
                      size_t *end)
{
    for (; *at < n; ++*at)
        for (int i = 0; i < q->n_terms; i++) {
            const struct search_term *t = &q->terms[i];
            if (t->without || !term_at(t, words, n, *at))
                continue;
            *begin = words[*at].begin;
            *end = words[*at + t->n - 1].end;
            *at += t->n;
            return true;
        }
    return false;
}

struct str search_query_mark(struct arena *a, const struct search_query *q, struct str text)
{
    struct buf b = buf_in(a, text.n * 8 + 64);
    struct search_word *words;
    int n = search_words(a, text, INT32_MAX, true, &words), at = 0;
    size_t done = 0, begin, end;

    while (next_mark(q, words, n, &at, &begin, &end)) {
        if (begin < done) /* overlapping pairs of CJK text: the mark goes on */
            begin = done;
        if (end <= begin)
            continue;
        buf_str(&b, str_of(text.p + done, begin - done));
        buf_str(&b, S("\xEE\x80\x80"));
        buf_str(&b, str_of(text.p + begin, end - begin));
        buf_str(&b, S("\xEE\x80\x81"));
        done = end;
    }
    buf_str(&b, str_skip(text, done));
    return buf_view(&b);
}
