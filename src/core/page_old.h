/* Paging by count and page, as the older methods have it. */
#ifndef TAUT_CORE_PAGE_OLD_H
#define TAUT_CORE_PAGE_OLD_H

#include "base/json.h"

struct page_old {
    int64_t size, page, skip;
};

/* count and page as asked for, within what is given out: at most 1000 items of at most 100 pages. */
struct page_old page_old_of(int64_t count, int64_t page);
/* Writes "paging". */
void page_old_put(struct json_out *o, const struct page_old *p, int64_t total);

#endif
