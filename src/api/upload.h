/* What becomes of a file's bytes: stored, looked at, thumbnails made.  Runs in a method's prepare, on the threads for
 * what takes long. */
#ifndef TAUT_API_UPLOAD_H
#define TAUT_API_UPLOAD_H

#include "core/file.h"
#include "net/http.h"

enum { UPLOAD_BODIES_MAX = 16, SNIPPET_MAX_BYTES = 1 << 20 };

struct upload_body {
    struct str hash, part;
};

struct upload {
    struct file_row row; /* what the bytes say: type, size, preview, thumbnails … */
    struct upload_body bodies[UPLOAD_BODIES_MAX];
    int n_bodies;
};

/* name: cleaned; type: a filetype the caller names, or empty.  The bodies are pinned until the call has ended.
 * service_unavailable when they could not be stored. */
enum err upload_take(struct call *c, const struct http_part *part, struct str name, struct str type,
                     struct upload *out);
/* Makes the pictures of one, in the sizes that pictures of files have; the image itself is not kept.  One that cannot
 * be read has none. */
enum err upload_thumbs(struct call *c, const struct http_part *part, struct upload *u);
/* Stores one more body, of a picture; it is pinned as those are.  service_unavailable. */
enum err upload_add(struct call *c, struct upload *u, struct str bytes, struct str part, struct str *hash);
/* A descriptor of the caller's own to read the part from; -1 when there is none. */
int upload_open(const struct http_part *part);
/* A part of text, for those who send no file. */
struct http_part upload_text(struct str text);

/* The file that waits for this body; an address works for an hour, and until the file is completed. */
enum err upload_promised(struct call *c, struct str ticket, struct file_row *out);

/* Inside the transaction: tells that a file, or the person whose photo it is, uses its bodies. */
enum err upload_name_bodies(struct call *c, int64_t owner, const struct upload *u);
/* Inside the transaction: it uses those no more whose part is_old, or with NULL none at all; what nobody else uses is
 * removed after the commit. */
enum err upload_drop_bodies(struct call *c, int64_t owner, bool (*is_old)(struct str part));

#endif
