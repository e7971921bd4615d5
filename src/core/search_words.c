#include "core/search_words.h"

#include <utf8proc.h>

#include "base/utf8.h"

enum { WORDS_FIRST = 64, FOLDED_MAX = 8 };

struct splitter {
    struct arena *a;
    struct search_word *words;
    int n, cap, most;
    char text[SEARCH_WORD_MAX]; /* the word under way */
    size_t len, begin, end;
};

static void add(struct splitter *s, struct str text, size_t begin, size_t end)
{
    if (s->n == s->most)
        return;
    if (s->n == s->cap) {
        int cap = s->cap ? s->cap * 2 : WORDS_FIRST;
        struct search_word *words = ARENA_ARRAY(s->a, struct search_word, cap);
        if (s->n)
            memcpy(words, s->words, sizeof(*words) * (size_t)s->n);
        s->words = words;
        s->cap = cap;
    }
    s->words[s->n++] = (struct search_word){arena_dup(s->a, text), begin, end};
}

static void end_word(struct splitter *s)
{
    if (s->len)
        add(s, str_of(s->text, s->len), s->begin, s->end);
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
    if (s->len == 0)
        s->begin = at;
    if (s->len < sizeof(s->text))
        s->text[s->len++] = (char)(ch >= 'A' && ch <= 'Z' ? ch + ('a' - 'A') : ch);
    s->end = at + 1;
    return 1;
}

static void put_other(struct splitter *s, uint32_t cp, size_t at, size_t bytes)
{
    char folded[FOLDED_MAX * 4];
    size_t n = fold(cp, folded);

    if (s->len == 0)
        s->begin = at;
    if (s->len + n <= sizeof(s->text)) {
        memcpy(s->text + s->len, folded, n);
        s->len += n;
    }
    s->end = at + bytes;
}

/* A run of CJK text from at on, as overlapping pairs; its length in bytes. */
static size_t put_run(struct splitter *s, struct str text, size_t at, bool index)
{
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

int search_words(struct arena *a, struct str text, int most, bool index, struct search_word **out)
{
    struct splitter s = {.a = a, .most = most};
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
            i += put_run(&s, text, i, index);
        } else {
            put_other(&s, cp, i, bytes);
            i += bytes;
        }
    }
    end_word(&s);
    *out = s.words;
    return s.n;
}

struct str search_words_text(struct arena *a, const struct search_word *words, int n)
{
    size_t bytes = 0;
    struct buf b;

    for (int i = 0; i < n; i++)
        bytes += words[i].text.n + 1;
    b = buf_in(a, bytes + 1);
    buf_room(&b, bytes);
    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ' ');
        buf_str(&b, words[i].text);
    }
    return buf_view(&b);
}
