/* Randomness and hashes (libsodium).  Call rand_init once before threads start. */
#ifndef TAUT_BASE_RAND_H
#define TAUT_BASE_RAND_H

#include "base/arena.h"

void rand_init(void);
void rand_bytes(void *p, size_t n);
uint64_t rand_u64(void);
/* Hard to meet twice, easy to guess: for names of requests in logs.  Costs no system call. */
uint64_t rand_name(void);
/* n characters of 0-9a-zA-Z, unguessable. */
struct str rand_token(struct arena *a, size_t n);

enum { SHA256_BYTES = 32, SHA256_HEX = 64 };
void sha256(struct str s, unsigned char out[SHA256_BYTES]);
/* Lower-case hex, SHA256_HEX bytes, not NUL-ended. */
void sha256_hex(struct str s, char out[SHA256_HEX]);
/* The same in the arena: what secrets are looked up by. */
struct str sha256_text(struct arena *a, struct str s);
/* HMAC-SHA-256 of the pieces one after the other. */
void hmac_sha256(struct str key, const struct str *pieces, int n, unsigned char out[SHA256_BYTES]);
struct str hex_of(struct arena *a, const void *p, size_t n);
/* Equal in constant time. */
bool secret_eq(struct str a, struct str b);
/* 64-bit keyed hash (SipHash-2-4 with a key of this process) for tables that hold callers' data. */
uint64_t siphash(struct str s);
/* RFC 4648 base64 with padding. */
struct str base64_encode(struct arena *a, struct str s);
/* p is NULL when s is no base64. */
struct str base64_decode(struct arena *a, struct str s);

/* Authenticated encryption under a 32-byte key, for secrets that are needed in clear (secretbox: random nonce in
 * front). */
enum { SECRET_KEY_BYTES = 32 };
struct str secret_seal(struct arena *a, const unsigned char key[SECRET_KEY_BYTES], struct str clear);
/* p is NULL when it was not sealed under this key. */
struct str secret_open(struct arena *a, const unsigned char key[SECRET_KEY_BYTES], struct str sealed);

#endif
