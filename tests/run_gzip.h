/* Replies that are gzipped files, as JSON that cases can look at. */
#ifndef TAUT_TESTS_RUN_GZIP_H
#define TAUT_TESTS_RUN_GZIP_H

#include "base/arena.h"

/* {"ok":true,"file":NAME,"n":how many rows,"rows":{ID: row}}: each row under its user_id, channel_id or else its date,
 * with "@" and the date behind it when the file has that one already; of CSV {"ok":true,"file":NAME,"text":…}.
 * Empty when it is no gzip file. */
struct str gzip_as_json(struct arena *a, struct str packed, struct str name);
/* The name in a Content-Disposition header. */
struct str gzip_name(struct str disposition);

#endif
