/* Ready-made replies of conversations.history.
 *
 * A page is valid for one version of its conversation: every change of what a page shows makes the version grow (column
 * channel.version), so a hit is never stale, on any engine and any node.  Pages are shared by reference count. */
#ifndef TAUT_CORE_PAGE_CACHE_H
#define TAUT_CORE_PAGE_CACHE_H

#include "base/str.h"

struct page_key {
    int64_t channel, version;
    int64_t from_ts, to_ts, limit;
    int64_t hour;   /* page_hour: the cursor in the page is dated */
    int64_t origin; /* a hash of base_url, which pictures' addresses begin with */
    int64_t flags;  /* whatever else decides the bytes */
};

struct page {
    struct page_key key;
    struct str body;
};

struct page_cache;
/* Keeps at most max_bytes of bodies. */
struct page_cache *page_cache_new(size_t max_bytes);
void page_cache_free(struct page_cache *cache);

/* A page held for the caller (page_release), or NULL. Thread-safe. */
struct page *page_cache_get(struct page_cache *cache, const struct page_key *key);
/* Copies body; returns the page held for the caller. Replaces an older one. Thread-safe. */
struct page *page_cache_put(struct page_cache *cache, const struct page_key *key, struct str body);
void page_release(void *page); /* void *, so that it fits a reply's release */

#endif
