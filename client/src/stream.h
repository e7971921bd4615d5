/* An answer that is a file, taken as it is read: what is not taken waits on the server. */
#ifndef TAUT_CLIENT_STREAM_H
#define TAUT_CLIENT_STREAM_H

#include <taut/client.h>

struct stream;

/* Calls a method with its pairs; *out when the answer is a file.  Waits as other calls do when it is told to. */
enum taut_error stream_open(struct taut *t, const struct taut_request *request, struct stream **out);
/* Up to n bytes; 0: the end; -1: it failed, and the client knows how. */
ptrdiff_t stream_read(struct stream *s, void *p, size_t n);
void stream_close(struct stream *s);

#endif
