/* `taut ca`: a private certificate authority and a server certificate, for programs that know Slack's addresses alone.
 */
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "pki.h"

enum { HOSTS_MAX = 100 };

#define SYSTEM_BUNDLE "/etc/ssl/certs/ca-certificates.crt"

struct making {
    struct arena *a;
    const char *dir;
    const char *address; /* where the names are to lead */
    struct str_list names;
    bool default_names;
};

static int usage(FILE *to)
{
    fputs("usage: taut ca DIR [--host NAME]… [--address IP]\n\n"
          "Makes a certificate authority and a server certificate in DIR (ca.pem, cert.pem, key.pem), and says what to "
          "do\n"
          "with them. The authority is kept when DIR has one already; the server certificate is always new.\n\n"
          "  --host NAME   a name or address that the server is reached at; again for more. Default: slack.com and\n"
          "                *.slack.com, so that programs which cannot be told another address find taut there\n"
          "  --address IP  where these names are to lead, for the lines of /etc/hosts; default 127.0.0.1\n",
          to);
    return to == stdout ? 0 : 2;
}

static int refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int refuse(const char *fmt, ...)
{
    unsigned long code = ERR_peek_last_error();
    char reason[256];
    va_list args;

    fputs("taut: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    if (code) {
        ERR_error_string_n(code, reason, sizeof(reason));
        fprintf(stderr, ": %s", reason);
    }
    fputs(".\n", stderr);
    return 1;
}

static bool read_words(struct making *m, int argc, char **argv)
{
    m->names.v = ARENA_ARRAY(m->a, struct str, HOSTS_MAX);
    for (int i = 0; i < argc; i++) {
        bool flag = strcmp(argv[i], "--host") == 0 || strcmp(argv[i], "--address") == 0;
        if (flag && i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--address") == 0)
            m->address = argv[++i];
        else if (flag && m->names.n < HOSTS_MAX)
            m->names.v[m->names.n++] = str_c(argv[++i]);
        else if (argv[i][0] == '-' || m->dir)
            return false;
        else
            m->dir = argv[i];
    }
    m->default_names = m->names.n == 0;
    if (m->default_names) {
        m->names.v[m->names.n++] = S("slack.com");
        m->names.v[m->names.n++] = S("*.slack.com");
    }
    return m->dir != NULL;
}

static const char *file(struct making *m, const char *name)
{
    return arena_cstr(m->a, arena_printf(m->a, "%s/%s", m->dir, name));
}

/* The authority of the folder, or a new one. */
static int open_ca(struct making *m, struct pki_pair *ca)
{
    if (access(file(m, "ca.pem"), F_OK) == 0) {
        if (!pki_read(file(m, "ca.pem"), file(m, "ca.key"), ca))
            return refuse("The authority in %s cannot be used", m->dir);
        if (!pki_permits(m->a, ca, &m->names))
            return refuse(
                "The authority in %s was made for other names, and can vouch for no more; take another folder", m->dir);
        return 0;
    }
    if (!pki_make_ca(m->a, &m->names, ca))
        return refuse("The authority cannot be made");
    return pki_write(m->a, ca, NULL, file(m, "ca.pem"), file(m, "ca.key")) ? 0 : refuse("%s cannot be written", m->dir);
}

static bool append(FILE *to, const char *path)
{
    char bytes[8192];
    FILE *from = fopen(path, "r");
    bool good;
    size_t n;

    if (!from)
        return false;
    while ((n = fread(bytes, 1, sizeof(bytes), from)) > 0)
        fwrite(bytes, 1, n, to);
    good = !ferror(from) && !ferror(to);
    return fclose(from) == 0 && good;
}

/* What the system trusts, and the authority: for programs that take one file for all.  False: the system has no such
 * file, or it could not be written. */
static bool write_bundle(struct making *m)
{
    FILE *f;
    bool good;

    if (access(SYSTEM_BUNDLE, R_OK) != 0)
        return false;
    f = fopen(file(m, "bundle.pem"), "w");
    if (!f)
        return false;
    good = append(f, SYSTEM_BUNDLE) && append(f, file(m, "ca.pem"));
    return fclose(f) == 0 && good;
}

static void tell(struct making *m, bool bundle)
{
    static const char slack[] =
        "slack.com www.slack.com api.slack.com hooks.slack.com files.slack.com wss-primary.slack.com";
    const char *all = bundle ? "bundle.pem" : "ca.pem";

    printf("In %s are an authority (ca.pem) and a server certificate (cert.pem, key.pem).\n\n", m->dir);
    printf("Serve with it:\n\n  taut serve --listen 0.0.0.0:443 --tls-cert %s/cert.pem --tls-key %s/key.pem\n\n",
           m->dir, m->dir);
    printf("Where programs are to find it, in /etc/hosts (or the same in your DNS):\n\n  %s ", m->address);
    if (m->default_names)
        fputs(slack, stdout);
    for (int i = 0; i < m->names.n && !m->default_names; i++)
        if (!str_starts(m->names.v[i], S("*.")) && !pki_is_address(m->a, m->names.v[i]))
            printf("%.*s ", STR_FMT(m->names.v[i]));
    printf("\n\nThere, let them trust it:\n\n  export NODE_EXTRA_CA_CERTS=%s/ca.pem\n", m->dir);
    printf("  export SSL_CERT_FILE=%s/%s       # Go, Ruby, Python's ssl, curl\n", m->dir, all);
    printf("  export REQUESTS_CA_BUNDLE=%s/%s  # Python's requests\n", m->dir, all);
    if (!bundle)
        puts("\nThe last two replace what the system trusts: put its certificates behind the authority's if they are "
             "needed.");
    printf("\nKeep ca.key to yourself: it vouches for these names and what is below them, and for nothing else.\n");
}

static int make(struct making *m)
{
    struct pki_pair ca = {0}, server = {0};
    char path[PATH_MAX];
    int code;

    if (!pki_is_address(m->a, str_c(m->address)))
        return refuse("'%s' is no IP address", m->address);
    for (int i = 0; i < m->names.n; i++)
        if (!pki_is_name(m->a, m->names.v[i]))
            return refuse("'%s' is neither a name nor an address", arena_cstr(m->a, m->names.v[i]));
    if (mkdir(m->dir, 0755) != 0 && errno != EEXIST)
        return refuse("The folder %s cannot be made: %s", m->dir, strerror(errno));
    if (!realpath(m->dir, path))
        return refuse("The folder %s cannot be found", m->dir);
    m->dir = path;
    code = open_ca(m, &ca);
    if (code == 0 && !pki_make_server(m->a, &ca, &m->names, &server))
        code = refuse("The server's certificate cannot be made");
    if (code == 0 && !pki_write(m->a, &server, ca.cert, file(m, "cert.pem"), file(m, "key.pem")))
        code = refuse("%s cannot be written", m->dir);
    if (code == 0)
        tell(m, write_bundle(m));
    pki_free(&ca);
    pki_free(&server);
    return code;
}

int ca_main(int argc, char **argv)
{
    struct making m = {.a = arena_new(1 << 14), .address = "127.0.0.1"};
    int code;

    if (argc && strcmp(argv[0], "--help") == 0)
        code = usage(stdout);
    else
        code = read_words(&m, argc, argv) ? make(&m) : usage(stderr);
    arena_free(m.a);
    return code;
}
