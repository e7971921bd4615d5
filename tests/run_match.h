/* Does a reply or an event look as a case says? */
#ifndef TAUT_TESTS_RUN_MATCH_H
#define TAUT_TESTS_RUN_MATCH_H

#include "base/json.h"
#include "run_report.h"
#include "run_vars.h"

struct match {
    struct arena *arena;
    struct vars *vars; /* "$x" that is not bound yet is bound by what stands in its place */
    struct report *report;
    bool exact; /* objects have no other keys than the expected ones */
};

/* Every key of `want` is in `got` with a value that matches; arrays have the same length unless the last one
 * wanted is "...".  Tells the report of each difference; true when there was none. */
bool match_json(struct match *m, const struct json *want, const struct json *got);

#endif
