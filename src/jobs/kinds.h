/* The kinds of jobs: what each does when its time has come. */
#ifndef TAUT_JOBS_KINDS_H
#define TAUT_JOBS_KINDS_H

#include "core/call.h"

struct job_kind {
    struct str name;
    /* Runs in c->team as USLACKBOT.  What has lost its point meanwhile (a deleted reminder) is OK. */
    enum err (*run)(struct call *c, int64_t subject);
};

/* NULL when there is none of this name. */
const struct job_kind *job_kind_find(struct str name);

#endif
