/* A certificate authority of one's own, by OpenSSL: keys on P-256, certificates with SHA-256. */
#ifndef TAUT_PKI_H
#define TAUT_PKI_H

#include <openssl/x509.h>

#include "base/arena.h"
#include "core/types.h"

struct pki_pair {
    X509 *cert;
    EVP_PKEY *key;
};
void pki_free(struct pki_pair *pair);

/* A CA that can vouch for these names and what is below them, and for nothing else (RFC 5280, 4.2.1.10).  Names are DNS
 * names, "*." before them allowed, or IP addresses.  False: OpenSSL could not; it says why on its error queue. */
bool pki_make_ca(struct arena *a, const struct str_list *names, struct pki_pair *out);
/* A server's certificate for the names, signed by the CA. */
bool pki_make_server(struct arena *a, const struct pki_pair *ca, const struct str_list *names, struct pki_pair *out);
/* Would clients take a certificate of this CA for the names? */
bool pki_permits(struct arena *a, const struct pki_pair *ca, const struct str_list *names);
bool pki_is_address(struct arena *a, struct str name);
bool pki_is_name(struct arena *a, struct str name);

bool pki_read(const char *cert_path, const char *key_path, struct pki_pair *out);
/* PEM files, whole or not at all; the key's is for its owner alone.  ca: written behind the certificate; NULL: not. */
bool pki_write(struct arena *a, const struct pki_pair *pair, const X509 *ca, const char *cert_path,
               const char *key_path);

#endif
