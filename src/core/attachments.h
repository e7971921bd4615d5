/* Attachments of old: checking them and giving them the shape in which they are stored and returned. */
#ifndef TAUT_CORE_ATTACHMENTS_H
#define TAUT_CORE_ATTACHMENTS_H

#include "core/call.h"

enum { ATTACHMENTS_MAX = 100, ATTACHMENTS_MAX_BYTES = 100 * 1000 };

/* *out is the stored array: each gets its number as id, colours lose their "#", texts are escaped and linked as message
 * text is, keys that no attachment has and attachments that show nothing are left out; empty when nothing is left.
 * Errors: invalid_attachments, too_many_attachments, and those of blocks inside. */
enum err attachments_read(struct call *c, const struct json *attachments, struct str *out);
/* Stored attachments of one or several messages as one list, numbered anew; empty when there are none.  Errors:
 * too_many_attachments, invalid_attachments (too large). */
enum err attachments_join(struct call *c, const struct json *const *items, int n, struct str *out);

#endif
