/* Files as replies: ranges, validators, HEAD (RFC 9110, sections 13 and 14). */
#ifndef TAUT_NET_DOWNLOAD_H
#define TAUT_NET_DOWNLOAD_H

#include "net/http.h"

struct download {
    int fd; /* the reply's from here on */
    int64_t bytes;
    struct str etag; /* with its quotes; another one whenever the bytes are others; empty: none */
    struct str content_type;
    struct str headers; /* further header lines, each ended by CRLF; sent with 200, 206 and 304 */
};

/* The header line for a file of that name: filename= for old clients, filename*= (RFC 8187) for the name as it is.
 * kind: "inline" or "attachment"; plain: what old clients call it. */
struct str download_disposition(struct arena *a, const char *kind, struct str plain, struct str name);

/* Fills req->reply: 200, 206 for a range, 304 when the client has it, 416 for a range that lies outside.  Several
 * ranges at once are answered with the whole file, as RFC 9110 allows. */
void download_reply(struct http_request *req, const struct download *d);

#endif
