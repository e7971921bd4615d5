/* Counting what people say.
 *
 * Two rows that count are two pages more in each commit, and took a tenth off the rate of posting.  So a server on
 * SQLite counts within a second or two, many posts at once: for whom a post counts stands in its document (search_doc),
 * stored with it, and a mark in the database tells which documents are counted.  The mark moves in the transaction that
 * counts, so a crash loses nothing and counts nothing twice.  PostgreSQL, where the order of ids is not that of
 * commits, and programs beside the server count with the post. */
#ifndef TAUT_CORE_SAID_H
#define TAUT_CORE_SAID_H

#include "core/channel.h"
#include "core/marks.h"

struct said {
    int64_t user; /* 0: a notice or a bot's message, which counts for the conversation alone */
    int64_t how;  /* 0: there is nothing to count, or it is counted; 1; or 2 + enum client_kind of who posted it */
};

/* Reads how far counting has come; before the first message of this process is posted. */
enum err said_open(struct db *db, struct arena *a);

/* What is to be kept with the document of a new message; how is 0 when it has to be counted now. */
struct said said_later(const struct call *c, const struct message_row *m);
/* A message was stored, and counts now. */
enum err said_count(struct call *c, const struct channel_row *ch, const struct message_row *m);
/* Its document is about to go: what waits to be counted is counted. */
enum err said_count_before_removal(struct call *c, const struct message_row *m);

/* Some of what waits, counted at once. */
struct said_batch {
    struct marks *marks;
    int limit;
    bool more;           /* out: some may be left */
    struct mark *active; /* out: who was active on a day; to be learnt once this is committed */
    int n;
};
/* On the writer, in a transaction. */
enum err said_count_some(struct db *db, struct arena *a, struct said_batch *b);
/* Does something wait?  Who asks sees to it, or says that it is still there.  Any thread. */
bool said_waits(void);
void said_still_waits(void);

#endif
