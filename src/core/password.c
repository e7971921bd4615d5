#include "core/password.h"

#include <pthread.h>
#include <sodium.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

struct str password_hash(struct arena *a, struct str password, bool cheap)
{
    char *out = arena_bytes(a, crypto_pwhash_STRBYTES);

    if (crypto_pwhash_str(out, password.p, password.n,
                          cheap ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          cheap ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return (struct str){NULL, 0};
    return str_c(out);
}

/* Something to compare with where there is no account. */
static const char *nobody(void)
{
    static char hash[crypto_pwhash_STRBYTES];

    if (!hash[0] &&
        crypto_pwhash_str(hash, "", 0, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE))
        hash[0] = '\0';
    return hash;
}

enum password_result password_check(struct str hash, struct str password)
{
    char text[crypto_pwhash_STRBYTES] = "";
    bool known = hash.n > 0 && hash.n < sizeof(text), right;

    if (password.n > PASSWORD_MAX_BYTES)
        return PASSWORD_WRONG;
    if (pthread_mutex_trylock(&one_at_a_time) != 0)
        return PASSWORD_BUSY;
    if (known)
        memcpy(text, hash.p, hash.n);
    right = crypto_pwhash_str_verify(known ? text : nobody(), password.p, password.n) == 0 && known;
    pthread_mutex_unlock(&one_at_a_time);
    return right ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
