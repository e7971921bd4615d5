/* Who and what the names in a query are, as far as the caller may know them. */
#ifndef TAUT_CORE_SEARCH_NAMES_H
#define TAUT_CORE_SEARCH_NAMES_H

#include "core/call.h"
#include "core/search_query.h"
#include "sql.h"

enum { SEARCH_IDS_MAX = 64 };

struct search_ids {
    int64_t v[SEARCH_IDS_MAX];
    int n;
};

/* Adds an id; 0 stands for nobody and is left out. */
void search_add_id(struct search_ids *ids, int64_t id);
bool search_has_id(const struct search_ids *ids, int64_t id);

/* Reads a query in the caller's time zone; any: something is left to look for. */
enum err search_query_of(struct call *c, struct str text, struct search_query *out, bool *any);

/* 0 when there is nobody of that name. */
enum err search_user(struct call *c, struct str text, int64_t *id);
/* The im of the caller with somebody; 0 when there is none. */
enum err search_im(struct call *c, int64_t user, int64_t *id);
/* Those of the names that there are. */
enum err search_users(struct call *c, const struct search_names *names, struct search_ids *out);
enum err search_places(struct call *c, const struct search_names *names, struct search_ids *out);

#endif
