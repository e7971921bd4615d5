/* What happens at a time: reminders, the end of a status or of a snooze …
 *
 * Due rows (core/job.h) are claimed one after the other, each run as a call with no client, in a transaction of its own
 * on the write lane, where its row is taken out too: a job that was cut off runs again, one that was done does not.  On
 * PostgreSQL nodes share the work.  A job that fails is tried again later.  Time is base/clock's, so tests move it. */
#ifndef TAUT_JOBS_RUNNER_H
#define TAUT_JOBS_RUNNER_H

#include "core/access_log.h"
#include "core/bus.h"
#include "store/lane.h"

struct job_runner;

struct job_options {
    struct lane *lane;
    struct db *db; /* the runner's own, closed with it: asks what is due, and on PostgreSQL runs the jobs */
    struct bus bus;
    const void *settings;        /* struct settings * of config */
    const unsigned char *key;    /* of the key file */
    struct str base_url;         /* what jobs put into links; with a trailing slash */
    struct access_log *accesses; /* stored now and then, and when the runner is freed; NULL: none */
    bool thread;                 /* looks by itself, each second; else only when told to */
};

struct job_runner *job_runner_new(const struct job_options *opt);
/* Runs all that is due now, to the end, and returns how many.  Any thread. */
int job_runner_settle(struct job_runner *r);
/* r may be NULL.  Before the lane is freed. */
void job_runner_free(struct job_runner *r);

#endif
