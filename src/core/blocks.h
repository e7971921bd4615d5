/* Block Kit: checking `blocks` and giving them the shape in which they are stored and returned. */
#ifndef TAUT_CORE_BLOCKS_H
#define TAUT_CORE_BLOCKS_H

#include "base/json.h"
#include "err.h" /* generated */

enum {
    BLOCKS_PER_MESSAGE = 50,
    BLOCKS_PER_VIEW = 100,
    VIEW_MAX_BYTES = 250 * 1000, /* serialized, as it comes */
    /* Serialized, all blocks of a message together.  The API names no number.  50 sections of 2,000 bytes fit; a page
     * of 100 such messages stays at 10 MB. */
    BLOCKS_MAX_BYTES = 100 * 1000,
    BLOCKS_LINES = 8,
};

struct blocks_in {
    const char *pointer; /* where the blocks stand: "/blocks", "/attachments/0/blocks" */
    int max_blocks;
    uint64_t (*random)(void *ctx); /* ids that are missing are made from it; NULL: rand_u64 */
    void *ctx;
};

struct blocks_out {
    struct str json; /* the stored array; empty when it has no blocks */
    /* What is wrong, as response_metadata.messages shows it: "[ERROR] must be … [json-pointer:/blocks/0/text]". */
    struct str lines[BLOCKS_LINES];
    int lines_n;
};

/* Errors: invalid_blocks_format (no array of objects with a type), invalid_blocks, msg_blocks_too_long.
 * What is stored: unknown keys are refused and nulls left out; block_id and action_id are filled in; plain_text says
 * "emoji", mrkdwn says "verbatim"; texts are escaped and linked as message text is. */
enum err blocks_read(struct arena *a, const struct json *blocks, const struct blocks_in *in, struct blocks_out *out);

/* The same of a view, {"type": "modal", "title": …, "blocks": […]}; in->pointer is where it stands, max_blocks does not
 * count.  Blocks and elements that its surface does not have are refused.  out->json is the whole view with the fields
 * that came.  Errors: invalid_arguments, view_too_large. */
enum err blocks_read_view(struct arena *a, const struct json *view, const struct blocks_in *in, struct blocks_out *out);

/* The words of blocks, as stored message text (a line for each part; mentions and links as sequences): for search,
 * notifications and who is mentioned.  Takes what blocks_read took or gave; empty for anything else. */
struct str blocks_text(struct arena *a, const struct json *blocks);

#endif
