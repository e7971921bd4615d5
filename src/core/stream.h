/* A message that is written while others read it: text and steps come in chunks (chat.startStream, appendStream,
 * stopStream).  What came lies with the message, in its `extra`, until the end: Markdown can only be read as a whole,
 * and a step that changes takes its old place.  Nothing is kept in memory between calls. */
#ifndef TAUT_CORE_STREAM_H
#define TAUT_CORE_STREAM_H

#include "base/json.h"
#include "core/call.h"

struct message_row; /* generated from catalogue/sql/message.sql */

enum chunk_kind { CHUNK_MARKDOWN, CHUNK_TASK, CHUNK_PLAN, CHUNK_BLOCKS };

/* A piece, checked; also what is kept of it. */
struct chunk {
    enum chunk_kind kind;
    struct str text; /* Markdown; the title of a plan or a step; blocks as they are stored */
    struct str id, status, details, output;
    struct str sources; /* a JSON array or empty */
};

struct chunk_list {
    struct chunk *v;
    int n;
};

/* Markdown (may be empty) and after it `chunks` (may be NULL).  Needs no database.  Warns message_truncated.
 * Errors: invalid_chunks, invalid_blocks, msg_blocks_too_long. */
enum err chunks_read(struct call *c, struct str markdown, const struct json *chunks, struct chunk_list *out);
/* Blocks that were checked and normalized already, as one more chunk: once for a list of chunks_read. */
void chunks_add_blocks(struct chunk_list *list, struct str blocks);

/* Is it still being written? */
bool stream_is_open(const struct message_row *m);
/* Makes m such a message; look: what its author looks like, a JSON object or empty.  plan: steps stand in one plan. */
void stream_begin(struct arena *a, struct message_row *m, struct str look, bool plan);
/* Adds to an open one: its text, blocks and extra are new.  Warns message_truncated.
 * Errors: msg_blocks_too_many, msg_blocks_too_long, invalid_blocks (an id stands twice). */
enum err stream_add(struct call *c, struct message_row *m, const struct chunk_list *chunks);
/* Nothing more comes. */
void stream_end(struct arena *a, struct message_row *m);

#endif
