/* multipart/form-data (RFC 7578), piece by piece as the bytes arrive. */
#ifndef TAUT_NET_MULTIPART_H
#define TAUT_NET_MULTIPART_H

#include "net/http.h"

enum { MULTIPART_BOUNDARY_MAX = 70, MULTIPART_HEAD_BYTES = 8192 };

enum multipart_end {
    MULTIPART_OK,
    MULTIPART_BAD,  /* the form is malformed or exceeds a limit */
    MULTIPART_FAULT /* a part could not be stored (logged) */
};

struct multipart;
struct part_place;

/* The boundary of a Content-Type, empty when it is not multipart/form-data or has no usable boundary. */
struct str multipart_boundary(struct arena *a, struct str content_type);
/* place must outlive it.  Everything is in the arena but the files of parts. */
struct multipart *multipart_new(struct arena *a, struct str boundary, const struct http_limits *limits,
                                const struct part_place *place);
/* After a fault or a malformed piece, further bytes are passed over. */
void multipart_feed(struct multipart *m, struct str bytes);
/* The parts found, also when the end is not MULTIPART_OK; their files belong to the caller (multipart_close).
 */
enum multipart_end multipart_end(struct multipart *m, struct http_part **parts, int *n);
void multipart_close(struct http_part *parts, int n);

#endif
