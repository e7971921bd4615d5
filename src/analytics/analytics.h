/* What becomes of counts: marks are stored, days are closed, files are made of them.
 *
 * A day is closed once, some time after 00:00 UTC: its files are written under other names, brought to disk and named,
 * then the row that tells so is stored.  From then on nothing changes them.  What a crash left is made again. */
#ifndef TAUT_ANALYTICS_ANALYTICS_H
#define TAUT_ANALYTICS_ANALYTICS_H

#include "core/marks.h"
#include "settings.h"
#include "store/lane.h"

struct analytics;

struct analytics_options {
    struct lane *lane;
    struct db *db;       /* days are read with it; PostgreSQL: and closed.  Closed with the analytics, as flush_db */
    struct db *flush_db; /* PostgreSQL: stores marks; else NULL */
    const struct settings *settings;
    struct marks *marks;
    struct str folder; /* made when missing */
    bool throwaway;    /* nothing survives, so nothing is fsynced */
    bool thread;       /* works by itself, each second; else only when told to */
};

/* NULL and a sentence when the folder cannot be made; the databases are closed then. */
struct analytics *analytics_new(const struct analytics_options *opt, struct arena *a, struct str *why);
/* Stores what waits.  a may be NULL.  Before the lane is freed. */
void analytics_free(struct analytics *a);
/* Stores what waits and closes all days that are over.  Any thread. */
void analytics_settle(struct analytics *a);
/* Stores what waits.  Any thread. */
enum err analytics_flush(struct analytics *a);

enum analytics_kind { ANALYTICS_MEMBERS, ANALYTICS_CHANNELS };
/* A closed day's file, opened for reading; made again from the rows when it is gone.  -1: there is none. */
int analytics_file(struct analytics *a, struct db *db, int64_t team, int64_t day, enum analytics_kind kind,
                   int64_t *bytes);
/* A new file without a name, for an answer; -1 and a line in the log when there is no room for one. */
int analytics_temporary(struct analytics *a);

#endif
