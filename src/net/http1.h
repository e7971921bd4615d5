/* One HTTP/1.1 request out of bytes.  Knows no socket and no clock.
 *
 * llhttp (strict) parses; the checks here refuse what it lets pass: bare LF, folded headers, more than one
 * Host, doubtful framing.  A head is parsed once it is complete; a body piece by piece as it arrives. */
#ifndef TAUT_NET_HTTP1_H
#define TAUT_NET_HTTP1_H

#include <llhttp.h>

#include "base/buf.h"
#include "net/http.h"
#include "net/multipart.h"

/* What the functions below return: one of these, or the HTTP status to refuse the request with. */
enum http1_step { HTTP1_MORE = 0, HTTP1_DONE = 1 };

enum {
    HTTP1_EXTENSION_BYTES = 4096, /* chunk extensions of one request, all together */
    HTTP1_TRAILER_BYTES = 8192
};

/* What of a reply the kernel has not taken yet. */
struct out {
    struct str head, body; /* shrink as they are sent */
    int file_fd;           /* -1: none */
    int64_t file_offset, file_bytes;
};

/* A request on its way in and its reply on its way out; lies in req.arena. */
struct exchange {
    struct http_request req;
    const struct http_limits *limits;
    const struct part_place *place;
    llhttp_t parser;
    bool http_1_1;
    bool keep_alive; /* as the client asked */
    bool expect_continue;
    bool chunked;
    bool in_trailers;
    bool complete;
    int refusal;            /* the status a callback of the parser wants to refuse with */
    int64_t content_length; /* 0 when chunked */
    int64_t body_limit;     /* set by the caller before http1_body_begin */
    int64_t body_bytes;     /* received so far, decoded */
    size_t extension_bytes;
    size_t trailer_line; /* see http1_find_head */
    struct buf body;
    struct multipart *form;
    struct part_sink *raw; /* a body that may be large and is no form */
    struct out out;
};

/* Where the head at the start of bytes ends.  *line is 0 at first and kept by the caller until the head is
 * found. HTTP1_DONE sets *n to its length, the empty line included. */
int http1_find_head(struct str bytes, size_t max, size_t *line, size_t *n);
/* Parses a whole head that http1_find_head delimited; it must lie in x->req.arena.  Fills x->req but for what
 * the connection knows.  HTTP1_DONE, or a status. */
int http1_head(struct exchange *x, struct str head);
/* Readies x for its body; only when x->req.has_body. */
void http1_body_begin(struct exchange *x);
/* Takes body bytes.  *used says how many were eaten; the rest belongs to the next call, together with what
 * follows it. */
int http1_body(struct exchange *x, struct str bytes, size_t *used);
/* Hands the body over to x->req; once, when it is complete or cut.  0, or a status. */
int http1_body_end(struct exchange *x);

#endif
