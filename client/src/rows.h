/* Rows out of a stream or a source; taut_rows_end closes the stream. */
#ifndef TAUT_CLIENT_ROWS_H
#define TAUT_CLIENT_ROWS_H

#include <taut/analytics.h>

#include "stream.h"

struct taut_rows *rows_new(struct taut *t, struct stream *stream, const struct taut_source *source);

#endif
