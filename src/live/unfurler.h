/* Reads the pages that messages link to, and leaves with the job JOB_UNFURL what they say (core/unfurl.h).
 *
 * A thread takes the rows that are due, a few at a time; the outgoing client fetches their pages side by side: public
 * addresses alone, also behind redirects, five seconds, a megabyte.  Links that an app previews are the app's.  A page
 * is asked for once; only when this process ends meanwhile it is read again, three times at most. */
#ifndef TAUT_LIVE_UNFURLER_H
#define TAUT_LIVE_UNFURLER_H

#include "store/lane.h"

struct http_client;
struct unfurler;

struct unfurler_options {
    struct lane *lane;          /* where results are written */
    struct db *db;              /* its own, closed with it: reads, and on PostgreSQL writes */
    struct http_client *client; /* until unfurler_stop, and longer as long as requests are under way */
};

struct unfurler *unfurler_new(const struct unfurler_options *opt);
/* Ends its thread: nothing more is fetched.  u may be NULL. */
void unfurler_stop(struct unfurler *u);
/* Once the client has ended its requests.  u may be NULL. */
void unfurler_free(struct unfurler *u);

#endif
