/* Who may call what: every method of the catalogue, called by every kind of actor.
 *
 * The file (tests/permissions.json) is one object:
 *   "actors"  whose tokens make each call (names of run_fixture.h)
 *   "setup"   calls that make what the calls are about, in order: {"as", "method", "args", "reply"}; `reply` is matched
 *             as in a case and so binds $names
 *   "calls"   {"method", "args", "expect": {RESULT: "ACTOR ACTOR …"}}; RESULT is "ok" or an error code, and each actor
 *             stands in one of them
 * Each call meets the workspace as the set-up left it: the order of lines decides nothing.  A method that no line
 * calls fails the run. */
#ifndef TAUT_TESTS_RUN_PERMISSIONS_H
#define TAUT_TESTS_RUN_PERMISSIONS_H

#include "run_reach.h"
#include "run_report.h"

/* db_url as world_open takes it. */
void permissions_run(const char *path, struct str db_url, struct report *r);

#endif
