/* What a message says, checked and normalized: text, blocks, attachments, metadata, the look of its author. */
#ifndef TAUT_CORE_CONTENT_H
#define TAUT_CORE_CONTENT_H

#include "core/call.h"
#include "core/types.h"

/* As the caller sent it.  Absent parts are empty or NULL. */
struct content_in {
    struct str text, markdown_text;
    const struct json *blocks, *attachments, *metadata;
    bool has_blocks, has_attachments, has_metadata;
    struct str parse; /* "none", "full", "client" or empty */
    bool link_names;
    bool plain;      /* mrkdwn=false: no markup in text */
    size_t text_max; /* characters; over it: cut with a warning, or msg_too_long when strict */
    bool text_strict;
    struct str username, icon_emoji, icon_url;
};

struct content {
    struct str text;
    struct str blocks, attachments, metadata; /* JSON or empty */
    struct str extra;                         /* JSON object: username, icons; or empty */
    bool wants_names;                         /* text still holds @names or #channels to be looked up (content_link) */
    bool full;                                /* parse=full */
};

/* Needs no database: runs before the lane.  Errors: markdown_text_conflict, invalid_blocks, invalid_blocks_format,
 * msg_blocks_too_long, invalid_attachments, too_many_attachments, invalid_metadata_format, invalid_metadata_schema,
 * metadata_too_large, metadata_must_be_sent_from_app, msg_too_long.  Warns message_truncated. */
enum err content_read(struct call *c, const struct content_in *in, struct content *out);

/* Nothing to show: no text, no blocks, no attachments. */
bool content_is_empty(const struct content *content);

/* Turns @names and #channels of the text into links, where the caller asked for it. */
enum err content_link(struct call *c, struct content *content);

#endif
