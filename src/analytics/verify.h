/* A closed day looked at again: its files, the rows they were made of, and what is still there of what was counted. */
#ifndef TAUT_ANALYTICS_VERIFY_H
#define TAUT_ANALYTICS_VERIFY_H

#include "analytics/folder.h"

struct verified_file {
    bool there, sound; /* sound: it unpacks to its end */
    bool as_closed;    /* it holds what was closed */
    bool as_rows;      /* the rows of today would give the same */
    int64_t rows;
};

struct verified_count {
    int64_t counted, there; /* there: what a new count finds; less where something was deleted since */
    int64_t by_channel;     /* what the channels' rows add up to; -1: channels have none */
};

struct verified {
    bool closed, whole;
    int64_t closed_us;
    struct verified_file members, channels;
    struct verified_count messages, reactions, files;
    int64_t people_amiss; /* of whom more is there than was counted */
};

/* Somebody of whom more is there than was counted. */
typedef void verify_amiss(void *ctx, const struct recount_row *row);

/* team is one of the database.  Changes nothing. */
enum err verify_day(struct db *db, const struct settings *settings, struct str folder, int64_t team, int64_t day,
                    verify_amiss *amiss, void *ctx, struct verified *out);
/* Is all as it should be? */
bool verified_good(const struct verified *v);

#endif
