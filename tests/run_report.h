/* What the run of the cases found: failing steps with their place, and the sums. */
#ifndef TAUT_TESTS_RUN_REPORT_H
#define TAUT_TESTS_RUN_REPORT_H

#include "base/str.h"

struct report {
    const char *file;
    int line;
    bool failing; /* the step at hand has failed */
    int passed, failed;
};

/* Begins a step; its end counts it. */
void report_step(struct report *r, const char *file, int line);
void report_step_end(struct report *r);
/* Says what is wrong with the step at hand; it may be said several times. */
void report_fail(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
