#include "core/page_old.h"

#include "objects.h"

enum { COUNT_MAX = 1000, PAGE_MAX = 100 };

static int64_t clamp(int64_t v, int64_t high)
{
    return v < 1 ? 1 : v > high ? high : v;
}

struct page_old page_old_of(int64_t count, int64_t page)
{
    struct page_old p = {.size = clamp(count, COUNT_MAX), .page = clamp(page, PAGE_MAX)};

    p.skip = (p.page - 1) * p.size;
    return p;
}

void page_old_put(struct json_out *o, const struct page_old *p, int64_t total)
{
    put_paging(o, S("paging"),
               &(struct obj_paging){
                   .count = p->size, .total = total, .page = p->page, .pages = (total + p->size - 1) / p->size});
}
