#include "base/rand.h"

#include <sodium.h>
#include <stdlib.h>

static unsigned char siphash_key[crypto_shorthash_KEYBYTES];

void rand_init(void)
{
    if (sodium_init() < 0)
        abort(); /* no source of randomness: nothing safe can follow */
    randombytes_buf(siphash_key, sizeof(siphash_key));
}

void rand_bytes(void *p, size_t n)
{
    randombytes_buf(p, n);
}

uint64_t rand_u64(void)
{
    uint64_t v;

    randombytes_buf(&v, sizeof(v));
    return v;
}

/* splitmix64 (Steele, Lea, Flood 2014), begun anew in each thread. */
uint64_t rand_name(void)
{
    static _Thread_local uint64_t state;
    uint64_t z;

    if (!state)
        state = rand_u64();
    z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

struct str rand_token(struct arena *a, size_t n)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char *p = arena_bytes(a, n);

    for (size_t i = 0; i < n; i++)
        p[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
    return str_of(p, n);
}

void sha256(struct str s, unsigned char out[SHA256_BYTES])
{
    crypto_hash_sha256(out, (const unsigned char *)s.p, s.n);
}

void hmac_sha256(struct str key, const struct str *pieces, int n, unsigned char out[SHA256_BYTES])
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.n);
    for (int i = 0; i < n; i++)
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)pieces[i].p, pieces[i].n);
    crypto_auth_hmacsha256_final(&state, out);
}

static void to_hex(const unsigned char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[p[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
}

void sha256_hex(struct str s, char out[SHA256_HEX])
{
    unsigned char hash[SHA256_BYTES];

    sha256(s, hash);
    to_hex(hash, sizeof(hash), out);
}

struct str sha256_text(struct arena *a, struct str s)
{
    char *hex = arena_bytes(a, SHA256_HEX);

    sha256_hex(s, hex);
    return str_of(hex, SHA256_HEX);
}

struct str hex_of(struct arena *a, const void *p, size_t n)
{
    char *out = arena_bytes(a, 2 * n);

    to_hex(p, n, out);
    return str_of(out, 2 * n);
}

bool secret_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

uint64_t siphash(struct str s)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t v;

    crypto_shorthash(out, (const unsigned char *)s.p, s.n, siphash_key);
    memcpy(&v, out, sizeof(v));
    return v;
}

struct str base64_encode(struct arena *a, struct str s)
{
    size_t room = sodium_base64_ENCODED_LEN(s.n, sodium_base64_VARIANT_ORIGINAL);
    char *out = arena_bytes(a, room);

    sodium_bin2base64(out, room, (const unsigned char *)s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
    return str_of(out, room - 1);
}

struct str base64_decode(struct arena *a, struct str s)
{
    unsigned char *out = (unsigned char *)arena_bytes(a, s.n + 1);
    size_t n;

    if (sodium_base642bin(out, s.n + 1, s.p, s.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return str_of(NULL, 0);
    return str_of((char *)out, n);
}

struct str secret_seal(struct arena *a, const unsigned char key[SECRET_KEY_BYTES], struct str clear)
{
    size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + clear.n;
    unsigned char *out = (unsigned char *)arena_bytes(a, n);

    randombytes_buf(out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, (const unsigned char *)clear.p, clear.n, out, key);
    return str_of((char *)out, n);
}

struct str secret_open(struct arena *a, const unsigned char key[SECRET_KEY_BYTES], struct str sealed)
{
    const unsigned char *in = (const unsigned char *)sealed.p;
    unsigned char *out;

    if (sealed.n < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
        return str_of(NULL, 0);
    out = (unsigned char *)arena_bytes(a, sealed.n);
    if (crypto_secretbox_open_easy(out, in + crypto_secretbox_NONCEBYTES, sealed.n - crypto_secretbox_NONCEBYTES, in,
                                   key) != 0)
        return str_of(NULL, 0);
    return str_of((char *)out, sealed.n - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES);
}
