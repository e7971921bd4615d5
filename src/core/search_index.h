/* The search index: which words stand in which message.
 *
 * On SQLite it lies in a file of its own, which search_fill.h keeps up with the database: a message of its own in each
 * post would halve the rate of posting.  Searches read what waits as it is, so that nothing is missed.  On PostgreSQL
 * the index keeps its own list of what waits, and messages are indexed with their post. */
#ifndef TAUT_CORE_SEARCH_INDEX_H
#define TAUT_CORE_SEARCH_INDEX_H

#include "core/call.h"
#include "core/said.h"
#include "core/search_query.h"
#include "sql.h"

enum { SEARCH_WORDS_MAX = 12000 }; /* of one message */

/* Of a message: its words, and what else it is found by, as the engine takes them. */
struct search_entry {
    struct str words, tags;
};
struct search_entry search_entry_of(struct db *db, struct arena *a, int64_t team, bool is_public, int64_t id,
                                    const struct message_row *m);

/* Where the index has a document.  On SQLite ids are counted apart in each of SEARCH_PARTS parts, over which
 * conversations are spread: what is looked for in one conversation, is not looked for among the others of the
 * workspace.  On PostgreSQL there is one part. */
enum { SEARCH_PARTS = 8 };
/* Places may not lie 2^56 apart: FTS5 (seen in SQLite 3.40) reads its lists backwards wrongly where they do, for the
 * ninth byte of a varint looks like another one's. */
#define SEARCH_ID_MAX INT64_C(0xfffffffffffff)
int64_t search_part(int64_t channel); /* the place before its first */
int64_t search_place(const struct db *db, int64_t channel, int64_t id);

/* What the last document is, before the first message of this process is posted; else all count as late. */
void search_index_begin(int64_t newest_doc);

/* The message was stored, changed or is about to go.  In the transaction of that.
 * said: how it will be counted, kept with its document; zeros when it gets none. */
enum err search_index_add(struct call *c, int64_t team, bool is_public, const struct message_row *m, struct said *said);
enum err search_index_change(struct call *c, int64_t team, bool is_public, const struct message_row *before,
                             const struct message_row *after);
enum err search_index_remove(struct call *c, int64_t team, bool is_public, const struct message_row *m);

/* The words of text as the engine takes them. */
struct str search_index_words(struct db *db, struct arena *a, struct str text);

/* Everything a message says, without markup: its text, blocks and attachments. */
struct str search_text_of(struct arena *a, const struct message_row *m);
/* Tags tell of a message what is no word of it; both forms are lower case. */
struct str search_tag(struct arena *a, const char *kind, int64_t id);
bool search_has_link(const struct message_row *m);
/* What the tags tell of enum search_has. */
enum { SEARCH_HAS_TAGS = 3 };
struct search_has_tag {
    unsigned bit;
    struct str tag;
};
extern const struct search_has_tag search_has_tags[SEARCH_HAS_TAGS];
unsigned search_has_told(const struct message_row *m);

#endif
