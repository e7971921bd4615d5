/* What files are found by: their names, their titles, and the words of those that hold text.
 *
 * Indexed with the row that makes a file ready. */
#ifndef TAUT_CORE_FILE_INDEX_H
#define TAUT_CORE_FILE_INDEX_H

#include "core/call.h"
#include "sql.h"

/* f: ready, its body in c->blobs. */
enum err file_index_put(struct call *c, const struct file_row *f);
enum err file_index_drop(struct call *c, int64_t file);

/* Indexes what is not: files of a time before there was an index.  For the start, on the writer. */
void file_index_fill(struct db *writer, struct blobs *blobs);

#endif
