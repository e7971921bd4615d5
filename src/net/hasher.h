/* SHA-256 of what comes fast, on a thread of its own while the receiver goes on.
 *
 * Hashing is half of what a large upload costs (docs/decisions/0014).  Bytes are copied into a small ring and hashed
 * from there, in order.  One stream has the thread at a time; whoever finds it taken hashes by itself, and so does who
 * brings little at once: a slow sender, a small file. */
#ifndef TAUT_NET_HASHER_H
#define TAUT_NET_HASHER_H

#include <openssl/types.h>

#include "base/str.h"

struct hasher;

struct hasher *hasher_new(void);
/* Adds bytes to hash, now or soon; they may be changed when this returns. */
void hasher_add(struct hasher *h, EVP_MD_CTX *hash, struct str bytes);
/* Returns when all of hash has been added; until then only hasher_add may touch it. */
void hasher_finish(struct hasher *h, EVP_MD_CTX *hash);
/* Nothing may be under way. */
void hasher_free(struct hasher *h);

#endif
