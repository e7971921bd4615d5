/* Words as search knows them: what is put into the index and what is looked for are cut by the same rules.
 *
 * A word is a run of letters and digits, case folded and without accents.  Everything else parts words, so that
 * "foo_bar()", ":tada:" and "https://example.com/a" are the words in them, one after the other.  Writing without
 * spaces (Han, kana, Hangul, Thai …) becomes pairs of neighbours and, at the end of a run, its last letter alone:
 * any two neighbours are found in any place.  An emoji is a word of its own.
 *
 * A mark is a word that no text can hold: it begins with U+E000.  Marks say where and by whom a message stands. */
#ifndef TAUT_CORE_SEARCH_WORDS_H
#define TAUT_CORE_SEARCH_WORDS_H

#include "base/buf.h"

enum { SEARCH_WORD_BYTES = 64 }; /* longer words are cut, in the index and in queries alike */

struct search_scan {
    struct str text;
    size_t at;
};

struct search_word {
    char text[SEARCH_WORD_BYTES];
    size_t n;
    size_t from, to; /* where it stands in the scanned text */
    bool pair;       /* two neighbours, or the last letter of a run of them */
    bool last;       /* that last letter */
};

/* The next word; false at the end. */
bool search_scan_next(struct search_scan *scan, struct search_word *word);

static inline struct str search_word_str(const struct search_word *w)
{
    return (struct str){w->text, w->n};
}

/* Appends the words of text, a space after each. */
void search_words_put(struct buf *b, struct str text);

/* Appends a mark: kind is one letter of its users' own, then an id or a word. */
void search_mark_id(struct buf *b, char kind, int64_t id);
void search_mark_name(struct buf *b, char kind, struct str name);

#endif
