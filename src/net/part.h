/* Where the bytes of a form's part go: memory while they are few, an unlinked temporary file otherwise. */
#ifndef TAUT_NET_PART_H
#define TAUT_NET_PART_H

#include <openssl/types.h>

#include "base/buf.h"
#include "net/http.h"

/* What parts of all requests share. */
struct part_place {
    const char *temp_dir;
    struct hasher *hasher;
};

struct part_sink {
    struct arena *arena;
    const struct part_place *place;
    int64_t memory_bytes; /* more than this goes to a file */
    struct buf memory;    /* the part so far, when it is in memory */
    struct buf spill;     /* bytes on their way to the file */
    EVP_MD_CTX *hash;     /* of what the file got: the disk is slow enough, nobody shall wait for a second reading */
    int fd;
    int64_t size_bytes, flushed_bytes;
    bool fault; /* a file could not be made or written */
};

void part_sink_init(struct part_sink *s, struct arena *a, int64_t memory_bytes, const struct part_place *place);
/* Begins a part; to_file even when it stays small. */
void part_sink_begin(struct part_sink *s, bool to_file);
void part_sink_put(struct part_sink *s, struct str bytes);
/* Ends the part: sets data, or fd and sha256; and size_bytes. */
void part_sink_end(struct part_sink *s, struct http_part *part);

#endif
