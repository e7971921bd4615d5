/* TLS 1.2 and 1.3 by OpenSSL 3.  Its error queue belongs to the thread, so it is emptied before each call
 * whose result SSL_get_error explains. */
#include <openssl/err.h>

#include "net/server.h"

static struct str complaint(struct arena *a, const char *what, struct str path)
{
    char reason[256];

    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof(reason));
    return arena_printf(a, "%s %.*s: %s", what, STR_FMT(path), reason);
}

static bool load(SSL_CTX *ctx, const struct http_config *cfg, struct arena *a, struct str *why)
{
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ctx, arena_cstr(a, cfg->tls_cert)) != 1)
        *why = complaint(a, "cannot use the TLS certificate", cfg->tls_cert);
    else if (SSL_CTX_use_PrivateKey_file(ctx, arena_cstr(a, cfg->tls_key), SSL_FILETYPE_PEM) != 1)
        *why = complaint(a, "cannot use the TLS key", cfg->tls_key);
    else if (SSL_CTX_check_private_key(ctx) != 1)
        *why = complaint(a, "the TLS key does not belong to the certificate", cfg->tls_cert);
    else
        return true;
    return false;
}

/* A key that is sealed opens with words typed at the start; later nobody is there to be asked. */
static int no_words(char *words, int size, int sealing, void *ctx)
{
    (void)words, (void)size, (void)sealing, (void)ctx;
    return 0;
}

SSL_CTX *tls_open(struct http_server *s, struct arena *a, struct str *why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (!ctx)
        abort(); /* no memory */
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_mode(ctx,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    /* HTTP frames its messages itself, so an end without close_notify is an end like any other. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets do without */
    if (s->tls)
        SSL_CTX_set_default_passwd_cb(ctx, no_words);
    if (load(ctx, &s->cfg, a, why))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

/* Connections hold the context they began with, so the old one goes with the last of them. */
bool http_reload_tls(struct http_server *s, struct arena *a, struct str *why)
{
    SSL_CTX *old, *ctx = tls_open(s, a, why);

    if (!ctx)
        return false;
    pthread_mutex_lock(&s->tls_lock);
    old = s->tls;
    s->tls = ctx;
    pthread_mutex_unlock(&s->tls_lock);
    SSL_CTX_free(old);
    return true;
}

SSL *tls_accept(struct http_server *s, int fd)
{
    SSL *tls;

    pthread_mutex_lock(&s->tls_lock);
    tls = SSL_new(s->tls);
    pthread_mutex_unlock(&s->tls_lock);
    if (!tls || !SSL_set_fd(tls, fd))
        abort(); /* no memory */
    return tls;
}

/* Why a call did not succeed: IO_WAIT, 0 at the end of the stream, or IO_FAIL. */
static ssize_t outcome(struct http_conn *c, int result)
{
    switch (SSL_get_error(c->tls, result)) {
    case SSL_ERROR_WANT_READ:
        return IO_WAIT;
    case SSL_ERROR_WANT_WRITE:
        io_want_write(c);
        return IO_WAIT;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        return IO_FAIL;
    }
}

int tls_handshake(struct http_conn *c)
{
    int result;

    ERR_clear_error();
    result = SSL_accept(c->tls);
    if (result == 1)
        return 1;
    return outcome(c, result) == IO_WAIT ? 0 : -1;
}

/* Fills p with as many records as have come. */
ssize_t tls_read(struct http_conn *c, char *p, size_t n)
{
    size_t total = 0, got;

    while (total < n) {
        int result;

        ERR_clear_error();
        result = SSL_read_ex(c->tls, p + total, n - total, &got);
        if (result != 1)
            return total ? (ssize_t)total : outcome(c, result);
        total += got;
        if (!SSL_pending(c->tls))
            break;
    }
    return (ssize_t)total;
}

ssize_t tls_write(struct http_conn *c, struct str bytes)
{
    size_t put;
    ssize_t why;
    int result;

    ERR_clear_error();
    result = SSL_write_ex(c->tls, bytes.p, bytes.n, &put);
    if (result == 1)
        return (ssize_t)put;
    why = outcome(c, result);
    return why == 0 ? IO_FAIL : why;
}

void tls_bye(struct http_conn *c)
{
    if (!c->tls || !SSL_is_init_finished(c->tls))
        return;
    ERR_clear_error();
    SSL_shutdown(c->tls);
}
