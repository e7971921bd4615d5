/* Finding messages: a query against the index and what waits for it, seen through what the caller may see. */
#ifndef TAUT_CORE_SEARCH_FIND_H
#define TAUT_CORE_SEARCH_FIND_H

#include "core/call.h"
#include "core/search_query.h"
#include "sql.h"

enum search_order { SEARCH_BY_SCORE, SEARCH_LEAST_SCORE, SEARCH_NEWEST, SEARCH_OLDEST };

/* Relevance is told apart among the newest SEARCH_RANKED that match, or fewer when they take long to find; what lies
 * behind them follows in order of time.  The least relevant first: the oldest, where there are more than those.
 * Counts end at SEARCH_COUNTED, or when the search has taken a few milliseconds. */
enum { SEARCH_RANKED = 300, SEARCH_COUNTED = 10000 };

struct search_hit {
    struct search_row row;
    struct message_row m;
};

struct search_found {
    struct search_query query;
    struct search_hit *hits;
    int n;
    int64_t total;
    bool more; /* there may be more than total */
};

/* The hits [skip, skip + count) of a text in the caller's workspace (c->team). */
enum err search_find(struct call *c, struct str text, enum search_order order, int64_t skip, int64_t count,
                     struct search_found *out);

#endif
