/* Words as search knows them: folded, without accents; Chinese, Japanese and Korean text as pairs of characters, so
 * that any part of it is found (Unicode decomposition and categories by utf8proc). */
#ifndef TAUT_CORE_SEARCH_WORDS_H
#define TAUT_CORE_SEARCH_WORDS_H

#include "base/buf.h"

struct search_word {
    struct str text;   /* folded: letters and digits alone */
    size_t begin, end; /* bytes of the source that it stands for */
};

enum { SEARCH_WORD_MAX = 80 }; /* bytes; longer ones are cut */

/* Hands on the words of text in order, at most `most`; their own text is there until each() returns.  index: the last
 * character of a run of CJK text stands alone as well, so that a prefix of one character finds each of them; queries do
 * without. */
typedef void search_word_each(void *to, const struct search_word *word);
void search_words_each(struct str text, int most, bool index, search_word_each *each, void *to);
/* The same as a list, which lives as long as a and text. */
int search_words(struct arena *a, struct str text, int most, bool index, struct search_word **out);

#endif
