/* Finding files by their names, titles and text. */
#ifndef TAUT_CORE_SEARCH_FILES_H
#define TAUT_CORE_SEARCH_FILES_H

#include "core/call.h"
#include "core/search_query.h"
#include "sql.h"

struct search_files {
    struct search_query query;
    struct file_row *rows;
    int n;
    int64_t total;
};

/* The files [skip, skip + count) of a text in the caller's workspace (c->team), by time. */
enum err search_files_find(struct call *c, struct str text, bool oldest_first, int64_t skip, int64_t count,
                           struct search_files *out);

#endif
