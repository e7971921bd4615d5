/* Finding messages (docs/internals/search.md): by words and modifiers, only what the caller may read. */
#ifndef TAUT_CORE_SEARCH_H
#define TAUT_CORE_SEARCH_H

#include "core/channel.h"
#include "core/search_query.h"

enum {
    SEARCH_RANKED = 1000,   /* the newest matches are ranked; older ones follow by time */
    SEARCH_COUNTED = 10000, /* more matches are not counted */
};

/* A query with everything it names looked up. */
struct search_plan {
    struct search_query query;
    struct str match; /* the engine's expression; empty: nothing can match */
    int64_t from_id, to_id;
};

/* no_query. */
enum err search_plan(struct call *c, struct str text, struct search_plan *out);

struct search_page {
    int64_t count, page; /* page from 1 */
    bool by_time, ascending;
};

/* A page of matches and how many there are in all; SEARCH_COUNTED + 1: more than that. */
enum err search_find(struct call *c, const struct search_plan *plan, const struct search_page *page,
                     struct search_hit **hits, int *n, int64_t *total);

#endif
