#include "pki.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"

enum { CA_DAYS = 3650, SERVER_DAYS = 825, SERIAL_BYTES = 16, NAME_MAX_BYTES = 253, NAMES_MAX_BYTES = 1 << 16 };

void pki_free(struct pki_pair *pair)
{
    X509_free(pair->cert);
    EVP_PKEY_free(pair->key);
    *pair = (struct pki_pair){0};
}

/* --- names ---------------------------------------------------------------------------------------------------- */

static int address_family(struct arena *a, struct str name)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    const char *text = arena_cstr(a, name);

    return inet_pton(AF_INET, text, bytes) == 1 ? AF_INET : inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6 : 0;
}

static struct str without_star(struct str name)
{
    return str_starts(name, S("*.")) ? str_skip(name, 2) : name;
}

bool pki_is_address(struct arena *a, struct str name)
{
    return address_family(a, name) != 0;
}

bool pki_is_name(struct arena *a, struct str name)
{
    struct str rest = without_star(name), label;

    if (address_family(a, name))
        return true;
    if (rest.n == 0 || rest.n > NAME_MAX_BYTES)
        return false;
    while (str_cut(&rest, '.', &label)) {
        if (label.n == 0 || label.n > 63)
            return false;
        for (size_t i = 0; i < label.n; i++)
            if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", label.p[i]))
                return false;
    }
    return true;
}

/* "DNS:slack.com,DNS:*.slack.com,IP:127.0.0.1", as OpenSSL writes subjectAltName. */
static const char *alt_names(struct arena *a, const struct str_list *names)
{
    struct buf b = buf_in(a, NAMES_MAX_BYTES);

    for (int i = 0; i < names->n; i++)
        buf_printf(&b, "%s%s:%.*s", i ? "," : "", address_family(a, names->v[i]) ? "IP" : "DNS", STR_FMT(names->v[i]));
    return arena_cstr(a, buf_view(&b));
}

/* Is it a name that one before it covers? */
static bool is_below(const struct str_list *names, int at)
{
    struct str name = without_star(names->v[at]);

    for (int i = 0; i < at; i++) {
        struct str up = without_star(names->v[i]);
        if (str_eq_nocase(name, up) || (name.n > up.n && name.p[name.n - up.n - 1] == '.' && str_ends(name, up)))
            return true;
    }
    return false;
}

static const char *constraints(struct arena *a, const struct str_list *names)
{
    struct buf b = buf_in(a, NAMES_MAX_BYTES);

    buf_str(&b, S("critical"));
    for (int i = 0; i < names->n; i++) {
        int family = address_family(a, names->v[i]);
        if (is_below(names, i))
            continue;
        if (family)
            buf_printf(&b, ",permitted;IP:%.*s/%s", STR_FMT(names->v[i]),
                       family == AF_INET ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        else
            buf_str(&b, ARENA_JOIN(a, S(",permitted;DNS:"), without_star(names->v[i])));
    }
    return arena_cstr(a, buf_view(&b));
}

/* --- making --------------------------------------------------------------------------------------------------- */

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX ctx;
    bool good;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    good = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool set_serial(X509 *cert)
{
    unsigned char bytes[SERIAL_BYTES];
    BIGNUM *number;
    bool good;

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    bytes[0] &= 0x7f;
    number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
    return good;
}

/* A certificate with a new key, without extensions and signature; an hour early, for clocks that are behind. */
static bool begin(struct pki_pair *out, const char *common_name, int days)
{
    X509_NAME *name;

    out->key = EVP_EC_gen("P-256");
    out->cert = X509_new();
    if (!out->key || !out->cert || X509_set_version(out->cert, X509_VERSION_3) != 1 || !set_serial(out->cert))
        return false;
    name = X509_get_subject_name(out->cert);
    return X509_gmtime_adj(X509_getm_notBefore(out->cert), -3600) &&
           X509_time_adj_ex(X509_getm_notAfter(out->cert), days, 0, NULL) &&
           X509_set_pubkey(out->cert, out->key) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) == 1;
}

bool pki_make_ca(struct arena *a, const struct str_list *names, struct pki_pair *out)
{
    *out = (struct pki_pair){0};
    return begin(out, "taut private CA", CA_DAYS) &&
           X509_set_issuer_name(out->cert, X509_get_subject_name(out->cert)) == 1 &&
           add_extension(out->cert, out->cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(out->cert, out->cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(out->cert, out->cert, NID_subject_key_identifier, "hash") &&
           add_extension(out->cert, out->cert, NID_name_constraints, constraints(a, names)) &&
           X509_sign(out->cert, out->key, EVP_sha256()) > 0;
}

bool pki_make_server(struct arena *a, const struct pki_pair *ca, const struct str_list *names, struct pki_pair *out)
{
    *out = (struct pki_pair){0};
    return begin(out, "taut", SERVER_DAYS) && X509_set_issuer_name(out->cert, X509_get_subject_name(ca->cert)) == 1 &&
           add_extension(out->cert, ca->cert, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(out->cert, ca->cert, NID_key_usage, "critical,digitalSignature") &&
           add_extension(out->cert, ca->cert, NID_ext_key_usage, "serverAuth") &&
           add_extension(out->cert, ca->cert, NID_subject_key_identifier, "hash") &&
           add_extension(out->cert, ca->cert, NID_authority_key_identifier, "keyid:always") &&
           add_extension(out->cert, ca->cert, NID_subject_alt_name, alt_names(a, names)) &&
           X509_sign(out->cert, ca->key, EVP_sha256()) > 0;
}

bool pki_permits(struct arena *a, const struct pki_pair *ca, const struct str_list *names)
{
    NAME_CONSTRAINTS *limits = X509_get_ext_d2i(ca->cert, NID_name_constraints, NULL, NULL);
    struct pki_pair trial = {0};
    bool good = !limits || (pki_make_server(a, ca, names, &trial) &&
                            X509_check_purpose(trial.cert, -1, 0) == 1 && /* reads its names */
                            NAME_CONSTRAINTS_check(trial.cert, limits) == X509_V_OK);

    pki_free(&trial);
    NAME_CONSTRAINTS_free(limits);
    return good;
}

/* --- files ---------------------------------------------------------------------------------------------------- */

bool pki_read(const char *cert_path, const char *key_path, struct pki_pair *out)
{
    BIO *cert = BIO_new_file(cert_path, "r"), *key = BIO_new_file(key_path, "r");

    *out = (struct pki_pair){0};
    if (cert && key) {
        out->cert = PEM_read_bio_X509(cert, NULL, NULL, NULL);
        out->key = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
    }
    BIO_free(cert);
    BIO_free(key);
    return out->cert && out->key && X509_check_private_key(out->cert, out->key) == 1;
}

static FILE *create(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool write_key(EVP_PKEY *key, const char *path)
{
    bool good;
    FILE *f;

    unlink(path); /* whatever mode it had */
    f = create(path, 0600);
    if (!f)
        return false;
    good = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
    return fclose(f) == 0 && good;
}

static bool write_certs(const X509 *cert, const X509 *ca, const char *path)
{
    FILE *f = create(path, 0644);
    bool good;

    if (!f)
        return false;
    good = PEM_write_X509(f, cert) == 1 && (!ca || PEM_write_X509(f, ca) == 1);
    return fclose(f) == 0 && good;
}

/* Both under other names until both are whole: a full disk must not take away the pair that a server uses. */
bool pki_write(struct arena *a, const struct pki_pair *pair, const X509 *ca, const char *cert_path,
               const char *key_path)
{
    const char *new_cert = arena_cstr(a, arena_printf(a, "%s.new", cert_path));
    const char *new_key = arena_cstr(a, arena_printf(a, "%s.new", key_path));
    bool good = write_key(pair->key, new_key) && write_certs(pair->cert, ca, new_cert) &&
                rename(new_key, key_path) == 0 && rename(new_cert, cert_path) == 0;

    if (!good) {
        unlink(new_key);
        unlink(new_cert);
    }
    return good;
}
