#include "core/search_words.h"

#include "base/id.h"
#include "base/utf8.h"

/* Latin letters without their accents; '.': stays as it is.  From U+00C0 and from U+1E00. */
static const char latin[] = "aaaaaa.ceeeeiiiidnooooo.ouuuuyt.aaaaaa.ceeeeiiiidnooooo.ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char latin_more[] = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
                                 "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
                                 "wwwwwwwwwwxxxxyyzzzzzzhtwyas....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
                                 "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

struct range {
    uint32_t from, to;
};

static bool is_in(const struct range *ranges, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}
#define IS_IN(ranges, c) is_in((ranges), sizeof(ranges) / sizeof(*(ranges)), (c))

enum letter { PARTS, LETTER, NEIGHBOUR, PICTURE, NOTHING };

/* Written without spaces between words. */
static const struct range neighbours[] = {
    {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF}, {0x3005, 0x3007}, {0x3040, 0x30FF}, {0x31F0, 0x31FF},
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x20000, 0x3FFFF},
};
static const struct range parting[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x2000, 0x200C}, {0x200E, 0x206F}, {0x20A0, 0x20CF}, {0x2E00, 0x2E7F},
    {0x3000, 0x303F}, {0xE000, 0xF8FF}, {0xFE10, 0xFE6F}, {0xFF00, 0xFF65}, {0xFFE0, 0xFFFF},
};
static const struct range pictures[] = {{0x2190, 0x2BFF}, {0x1F000, 0x1F3FA}, {0x1F400, 0x1FAFF}};
/* Accents of their own, joiners and what only changes how a picture looks. */
static const struct range nothing[] = {{0x300, 0x36F}, {0x200D, 0x200D}, {0xFE00, 0xFE0F}, {0x1F3FB, 0x1F3FF}};

/* Full-width forms of ASCII are that ASCII. */
static uint32_t narrow(uint32_t c)
{
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

static enum letter letter_of(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? LETTER : PARTS;
    if (IS_IN(nothing, c))
        return NOTHING;
    if (IS_IN(neighbours, c))
        return NEIGHBOUR;
    if (IS_IN(parting, c))
        return PARTS;
    return IS_IN(pictures, c) ? PICTURE : LETTER;
}

static uint32_t plain_greek_or_cyrillic(uint32_t c)
{
    static const struct {
        uint32_t accented, plain;
    } pairs[] = {{0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7}, {0x3AF, 0x3B9}, {0x3CA, 0x3B9}, {0x390, 0x3B9},
                 {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CB, 0x3C5}, {0x3B0, 0x3C5}, {0x3CE, 0x3C9}, {0x451, 0x435}};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        if (pairs[i].accented == c)
            return pairs[i].plain;
    return c;
}

static size_t two(const char *letters, char out[4])
{
    memcpy(out, letters, 2);
    return 2;
}

static size_t one(char letter, char out[4])
{
    out[0] = letter;
    return 1;
}

/* One letter, folded and bare; at most 4 bytes. */
static size_t bare(uint32_t c, char out[4])
{
    if (c < 0x80)
        return one((char)(c >= 'A' && c <= 'Z' ? c + 32 : c), out);
    if (c == 0xDF || c == 0x1E9E)
        return two("ss", out);
    if (c == 0xC6 || c == 0xE6)
        return two("ae", out);
    if (c == 0x152 || c == 0x153)
        return two("oe", out);
    if (c >= 0xC0 && c <= 0x17F && latin[c - 0xC0] != '.')
        return one(latin[c - 0xC0], out);
    if (c >= 0x1E00 && c <= 0x1EFF && latin_more[c - 0x1E00] != '.')
        return one(latin_more[c - 0x1E00], out);
    return utf8_encode(plain_greek_or_cyrillic(utf8_fold_one(c)), out);
}

static void add(struct search_word *w, uint32_t c)
{
    char letter[4];
    size_t n = bare(c, letter);

    if (w->n + n > sizeof(w->text))
        return;
    memcpy(w->text + w->n, letter, n);
    w->n += n;
}

/* Looks at the letter at a place; 0 at the end. */
static size_t look(struct str text, size_t at, uint32_t *c, enum letter *kind)
{
    size_t step = utf8_decode(str_skip(text, at), c);

    if (step == 0)
        return 0;
    *c = narrow(*c);
    *kind = letter_of(*c);
    return step;
}

static void take_run(struct search_scan *scan, struct search_word *w)
{
    enum letter kind;
    uint32_t c;
    size_t step;

    while ((step = look(scan->text, scan->at, &c, &kind)) > 0 && (kind == LETTER || kind == NOTHING)) {
        if (kind == LETTER)
            add(w, c);
        scan->at += step;
    }
    w->to = scan->at;
}

/* first stands before scan->at. */
static void take_pair(struct search_scan *scan, uint32_t first, struct search_word *w)
{
    enum letter kind;
    uint32_t c;
    size_t step = look(scan->text, scan->at, &c, &kind);

    w->pair = true;
    add(w, first);
    w->last = step == 0 || kind != NEIGHBOUR;
    w->to = scan->at;
    if (w->last)
        return;
    add(w, c);
    w->to += step;
}

bool search_scan_next(struct search_scan *scan, struct search_word *w)
{
    enum letter kind;
    uint32_t c;
    size_t step;

    w->n = 0;
    w->pair = w->last = false;
    while ((step = look(scan->text, scan->at, &c, &kind)) > 0) {
        w->from = scan->at;
        if (kind == LETTER) {
            take_run(scan, w);
            return true;
        }
        scan->at += step;
        if (kind == NEIGHBOUR) {
            take_pair(scan, c, w);
            return true;
        }
        if (kind == PICTURE) {
            add(w, c);
            w->to = scan->at;
            return true;
        }
    }
    return false;
}

void search_words_put(struct buf *b, struct str text)
{
    struct search_scan scan = {.text = text};
    struct search_word w;

    while (search_scan_next(&scan, &w)) {
        buf_str(b, search_word_str(&w));
        buf_char(b, ' ');
    }
}

void search_mark_name(struct buf *b, char kind, struct str name)
{
    buf_str(b, S("\xEE\x80\x80"));
    buf_char(b, kind);
    for (size_t i = 0; i < name.n; i++)
        buf_char(b, name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i]);
}

void search_mark_id(struct buf *b, char kind, int64_t id)
{
    char text[ID_MAX];

    search_mark_name(b, kind, str_of(text, id_format(id, text)));
}
