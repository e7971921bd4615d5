/* What a web page says of itself: title, description, picture (Open Graph, Twitter cards, plain HTML).
 *
 * The page is anybody's: it is read with libxml2's HTML reader as a stream of tags, never as a tree, within bounds of
 * depth, of a tag's length and of time (docs/decisions/0009-previews.md). */
#ifndef TAUT_LIVE_WEBPAGE_H
#define TAUT_LIVE_WEBPAGE_H

#include "base/arena.h"

struct webpage {
    struct str title, description, image, site_name; /* plain text, UTF-8, white space collapsed; in the arena */
    bool is_media;                                   /* a film or sound more than a text */
    bool large_image;
};

/* url: where it is, for pictures whose address is relative.  content_type: as the server said, may be empty.  False
 * when it is no HTML, or says neither title nor description. */
bool webpage_read(struct arena *a, struct str url, struct str content_type, struct str body, struct webpage *out);

#endif
