/* The HTTP/1.1 server: bytes <-> requests.  Knows no method of the API, no token.
 *
 * Worker threads share one epoll set (net/server.h); a whole request is read and
 * parsed (llhttp, strict), then the handler runs on that worker.  A handler either fills
 * req->reply and returns HTTP_DONE, or returns HTTP_LATER and some other thread calls
 * http_complete(req) exactly once, after which it must not touch req: completions of one
 * thread leave in the order they were given.
 *
 * One arena per request holds everything the request and its reply point to; it is reset
 * when the reply has been handed to the kernel. */
#ifndef TAUT_NET_HTTP_H
#define TAUT_NET_HTTP_H

#include "base/arena.h"

struct http_server;
struct http_conn;
struct ws_handler;

/* A body that is no form lies in memory when the limit for it (http_body_limit) is this or less; else it is one part
 * without a name, in a file unless it is small. */
enum { HTTP_WHOLE_BODY_BYTES = 64 << 20 };

struct http_header {
    struct str name, value; /* name as sent; compare with str_eq_nocase */
};

/* One part of multipart/form-data.  Small parts lie in memory; a part with a filename, or larger than
 * http_limits.part_memory_bytes, lies in an unlinked temporary file (fd >= 0), closed with the request. */
struct http_part {
    struct str name, filename, content_type; /* filename: last path component only */
    struct str data;                         /* when fd < 0 */
    int fd;
    int64_t size_bytes;
    struct str sha256; /* of a part in a file: the 32 bytes, taken while it came; else empty */
};

/* status 0 is a fault of the server (answers 500). */
struct http_reply {
    int status;
    struct str content_type;
    struct str headers; /* further header lines, each ended by CRLF */
    struct str body;    /* not copied: in req->arena, or static, or kept alive by release */
    int file_fd; /* >= 0: the body is file_bytes of this file from file_offset, sent with sendfile; closed after */
    int64_t file_offset, file_bytes;
    bool no_gzip;                     /* the body must leave as it is */
    bool close;                       /* close the connection after this reply */
    const struct ws_handler *upgrade; /* set by ws_accept: the connection becomes a WebSocket after this reply */
    void *upgrade_user;
    void (*release)(void *arg); /* called once when body is no longer needed; may be NULL */
    void *release_arg;
};

struct http_request {
    struct arena *arena;
    struct http_conn *conn;
    void *user;                     /* the handler's own */
    struct str method, path, query; /* path: percent-decoded but for %2F, after the split; no NUL in it */
    struct str raw_target;
    struct http_header *headers;
    int n_headers;
    struct str host, content_type; /* empty when absent */
    bool has_body;                 /* a Content-Length above 0 or a chunked body came */
    bool body_cut;                 /* the body ended early (deadline or close): answer request_timeout */
    struct str body;               /* whole body unless multipart */
    bool is_multipart;       /* Content-Type: multipart/form-data with a usable boundary; parts below, body empty */
    bool multipart_bad;      /* malformed multipart (a missing closing boundary alone is tolerated, wire.md) */
    struct http_part *parts; /* of a form; or the one of a body that may be large (HTTP_WHOLE_BODY_BYTES) */
    int n_parts;
    struct str remote_addr; /* numeric; the peer's, or X-Forwarded-For's last hop when the peer is a trusted proxy */
    bool secure;            /* TLS, or X-Forwarded-Proto: https of a trusted proxy */
    int worker;             /* 0 … threads-1: which worker runs this (its own database connection) */
    struct http_reply reply;
};

enum http_verdict { HTTP_DONE, HTTP_LATER };
typedef enum http_verdict http_handler(void *ctx, struct http_request *req);
/* Called when a head is complete and before its body is read: the largest body taken for it, in bytes.
 * Over it: 413 and close.  Also decides 100-continue. */
typedef int64_t http_body_limit(void *ctx, const struct http_request *req);

struct http_limits {
    int threads;                             /* worker threads */
    int max_connections;                     /* 0: as many as RLIMIT_NOFILE allows */
    int head_bytes;                          /* request line and headers: over it 431 */
    int headers_n;                           /* over it 431 */
    int64_t part_memory_bytes;               /* multipart: larger parts go to a file */
    int parts_n;                             /* multipart parts; over it the form is bad */
    int head_ms, idle_ms, write_ms, body_ms; /* absolute deadlines; body_ms + bytes received at 1 KB/s */
    int drain_ms;                            /* at stop: how long running requests may take */
    int ws_ping_ms;                          /* how often WebSockets are pinged */
};
extern const struct http_limits http_limits_default;

struct http_config {
    struct str listen;            /* "127.0.0.1:8065", "[::1]:8065", "0.0.0.0:0"; port 0 picks a free one */
    struct str tls_cert, tls_key; /* PEM files; both or none */
    struct str temp_dir;          /* for large parts */
    struct str trusted_proxies;   /* comma list of addresses; empty: none */
    struct http_limits limits;
    http_handler *handler;
    http_body_limit *body_limit; /* NULL: 1 MiB */
    void *ctx;
};

/* Binds and listens; NULL on failure, then *why is a sentence for the operator (static or in a). */
struct http_server *http_open(const struct http_config *cfg, struct arena *a, struct str *why);
/* The port it listens on. */
int http_port(const struct http_server *s);
/* Runs the workers; returns 0 when they have started. */
int http_start(struct http_server *s);
/* Reads the certificate and its key again, for connections that come from now on; false: it goes on with those it has,
 * and *why is a sentence for the operator.  One thread. */
bool http_reload_tls(struct http_server *s, struct arena *a, struct str *why);
/* Stops accepting, lets running requests end (limits.drain_ms), closes idle connections, joins the threads. */
void http_stop(struct http_server *s);
/* After http_stop; every request that was answered HTTP_LATER must have been completed. */
void http_free(struct http_server *s);

/* A header's value, empty when absent. */
struct str http_header(const struct http_request *req, struct str name);
/* After HTTP_LATER: the reply is filled in.  Any thread. */
void http_complete(struct http_request *req);
/* Open connections right now, for metrics and tests. */
int http_connections(const struct http_server *s);

#endif
