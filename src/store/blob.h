/* Bodies of files, outside the rows: each under the SHA-256 of its bytes, so the same body is stored once.
 *
 * A body is on disk before the row that names it: written under no name, fsynced, linked into place, the folder
 * fsynced; then the row is committed.  A crash in between leaves a body that no row names: blob_each finds it at the
 * next start.  From blob_put until blob_unpin a body is pinned: nobody removes it meanwhile, so that a row for it can
 * be committed.
 *
 * This is all that the rest of the server knows of where bodies lie; one folder today, an object store later. */
#ifndef TAUT_STORE_BLOB_H
#define TAUT_STORE_BLOB_H

#include "base/arena.h"
#include "base/rand.h"

struct blobs;

/* A body's name: 64 hex digits. */
struct blob {
    char hash[SHA256_HEX + 1];
    int64_t size_bytes;
};

/* folder is made when missing.  NULL on failure, then *why is a sentence. */
struct blobs *blobs_open(struct str folder, bool throwaway, struct arena *a, struct str *why);
void blobs_close(struct blobs *b);

/* Stores a whole file whose SHA-256 (32 bytes) is known, or bytes.  A file without a name in the same file system
 * (O_TMPFILE) is not copied.  False: it could not be stored (logged).  Thread-safe, and takes as long as the disk does.
 */
bool blob_put_file(struct blobs *b, int fd, struct str sha256, int64_t size_bytes, struct blob *out);
bool blob_put_bytes(struct blobs *b, struct str bytes, struct blob *out);
/* Ends what blob_put began.  keep false: nothing came of it; a body that was not there before is removed. */
void blob_unpin(struct blobs *b, struct str hash, bool keep);

/* A descriptor to read it from, and its size; -1 when it is not there. */
int blob_open(struct blobs *b, struct str hash, int64_t *size_bytes);

/* Removes it unless it is pinned or still_named says that a row names it; that is asked while no one can pin it. */
void blob_remove(struct blobs *b, struct str hash, bool (*still_named)(void *ctx, struct str hash), void *ctx);
/* Calls fn for every body there is. */
void blob_each(struct blobs *b, void (*fn)(void *ctx, struct str hash), void *ctx);

#endif
