#include "core/search_words.h"

#include <utf8proc.h>

#include "base/utf8.h"

enum { WORDS_FIRST = 64, FOLDED_MAX = 8 };

struct splitter {
    struct str source;
    search_word_each *each;
    void *to;
    int n, most;
    char text[SEARCH_WORD_MAX]; /* the word under way */
    size_t len, begin, end;
    bool as_is; /* which stands in the source as it is folded */
};

static void add(struct splitter *s, struct str text, size_t begin, size_t end)
{
    if (s->n == s->most)
        return;
    s->n++;
    s->each(s->to, &(struct search_word){text, begin, end});
}

static void end_word(struct splitter *s)
{
    bool as_is = s->as_is && s->len == s->end - s->begin;

    if (s->len)
        add(s, str_of(as_is ? s->source.p + s->begin : s->text, s->len), s->begin, s->end);
    s->len = 0;
}

/* A character as it is compared: decomposed, without case and marks; bytes written. */
static size_t fold(uint32_t cp, char out[FOLDED_MAX * 4])
{
    utf8proc_int32_t folded[FOLDED_MAX];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)cp, folded, FOLDED_MAX,
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE, &boundary);
    size_t len = 0;

    for (utf8proc_ssize_t i = 0; i < n && i < FOLDED_MAX; i++)
        len += utf8_encode((uint32_t)folded[i], out + len);
    return len;
}

static bool is_word(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);

    return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_ME) ||
           (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

/* Scripts that are written without blanks between words. */
static bool is_cjk(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0x2FDF) || (cp >= 0x3040 && cp <= 0x30FF) || (cp >= 0x31F0 && cp <= 0x31FF) ||
           (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xAC00 && cp <= 0xD7AF) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0xFF66 && cp <= 0xFF9D) || (cp >= 0x20000 && cp <= 0x3FFFF) ||
           (cp >= 0x0E00 && cp <= 0x0EFF);
}

static size_t put_ascii(struct splitter *s, unsigned char ch, size_t at)
{
    bool upper = ch >= 'A' && ch <= 'Z';

    if (s->len == 0) {
        s->begin = at;
        s->as_is = true;
    }
    s->as_is &= !upper;
    if (s->len < sizeof(s->text))
        s->text[s->len++] = (char)(upper ? ch + ('a' - 'A') : ch);
    s->end = at + 1;
    return 1;
}

static void put_other(struct splitter *s, uint32_t cp, size_t at, size_t bytes)
{
    char folded[FOLDED_MAX * 4];
    size_t n = fold(cp, folded);

    if (s->len == 0)
        s->begin = at;
    s->as_is = false;
    if (s->len + n <= sizeof(s->text)) {
        memcpy(s->text + s->len, folded, n);
        s->len += n;
    }
    s->end = at + bytes;
}

/* A run of CJK text from at on, as overlapping pairs; its length in bytes. */
static size_t put_run(struct splitter *s, size_t at, bool index)
{
    struct str text = s->source;
    char pair[2 * FOLDED_MAX * 4];
    size_t first_n = 0, first_at = at, i = at, bytes;
    int pairs = 0;
    uint32_t cp;

    while ((bytes = utf8_decode(str_skip(text, i), &cp)) > 0 && is_cjk(cp) && is_word(cp)) {
        size_t n = fold(cp, pair + first_n);
        if (first_n) {
            add(s, str_of(pair, first_n + n), first_at, i + bytes);
            pairs++;
        }
        memmove(pair, pair + first_n, n);
        first_n = n;
        first_at = i;
        i += bytes;
    }
    if (first_n && (index || !pairs))
        add(s, str_of(pair, first_n), first_at, i);
    return i - at;
}

void search_words_each(struct str text, int most, bool index, search_word_each *each, void *to)
{
    struct splitter s = {.source = text, .each = each, .to = to, .most = most};
    size_t i = 0;

    while (i < text.n && s.n < most) {
        unsigned char ch = (unsigned char)text.p[i];
        uint32_t cp;
        size_t bytes;
        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9')) {
            i += put_ascii(&s, ch, i);
            continue;
        }
        bytes = ch < 0x80 ? 1 : utf8_decode(str_skip(text, i), &cp);
        if (ch < 0x80 || bytes == 0 || !is_word(cp)) {
            end_word(&s);
            i += bytes ? bytes : 1;
        } else if (is_cjk(cp)) {
            end_word(&s);
            i += put_run(&s, i, index);
        } else {
            put_other(&s, cp, i, bytes);
            i += bytes;
        }
    }
    end_word(&s);
}

struct list {
    struct arena *a;
    struct str source;
    struct search_word *words;
    int n, cap;
};

static bool lies_in(struct str whole, const char *p)
{
    return (uintptr_t)p >= (uintptr_t)whole.p && (uintptr_t)p < (uintptr_t)whole.p + whole.n;
}

static void put_in_list(void *to, const struct search_word *word)
{
    struct list *l = to;

    if (l->n == l->cap) {
        int cap = l->cap ? l->cap * 2 : WORDS_FIRST;
        struct search_word *words = ARENA_ARRAY(l->a, struct search_word, cap);
        if (l->n)
            memcpy(words, l->words, sizeof(*words) * (size_t)l->n);
        l->words = words;
        l->cap = cap;
    }
    l->words[l->n] = *word;
    if (!lies_in(l->source, word->text.p))
        l->words[l->n].text = arena_dup(l->a, word->text);
    l->n++;
}

int search_words(struct arena *a, struct str text, int most, bool index, struct search_word **out)
{
    struct list l = {.a = a, .source = text};

    search_words_each(text, most, index, put_in_list, &l);
    *out = l.words;
    return l.n;
}
