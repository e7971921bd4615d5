/* Closing days.  Used by the analytics' own thread, one at a time. */
#ifndef TAUT_ANALYTICS_CLOSE_H
#define TAUT_ANALYTICS_CLOSE_H

#include "analytics/folder.h"

struct close {
    struct str folder;
    const struct settings *settings;
    bool throwaway;
    struct db *db; /* to read the day, and where writes need one, to store that it is closed */
    /* Runs on the write lane and waits for the commit. */
    enum err (*on_lane)(void *ctx, enum err (*run)(void *job, struct db *db, struct arena *a), void *job);
    void *ctx;
    struct arena *arena; /* reset at will */
    bool swept;          /* what a crash left is gone */
};

/* Sees to it that each workspace is counted, and closes its days that were over at now_us (Unix, µs), before which all
 * that was counted is stored: a machine may sleep from one day to another between any two lines. */
enum err close_due(struct close *k, int64_t now_us);
/* How many days would be closed that have passed since the newest one that was; 0 when nothing is counted yet. */
enum err close_days_due(struct close *k, int64_t now_us, int64_t *days);
/* Makes the files of a closed day again, from db; the log tells when their rows are not those that were closed.
 * file_not_found: the day is not closed, or was not whole. */
enum err close_again(struct close *k, struct db *db, int64_t team, int64_t day);

#endif
