/* The previews of links among a message's attachments, when it is edited. */
#ifndef TAUT_API_CHAT_PREVIEWS_H
#define TAUT_API_CHAT_PREVIEWS_H

#include "core/call.h"

/* The attachments of a message after an edit that names its previews (unfurled_attachments): own, a stored list,
 * without the previews in it unless own_is_new; then the previews.  One that stood there (the same id or from_url)
 * stays as the app gave it, another one is checked as any attachment.  Errors: invalid_attachments,
 * too_many_attachments. */
enum err chat_previews_merge(struct call *c, struct str before, struct str own, bool own_is_new,
                             const struct json *previews, struct str *out);

#endif
