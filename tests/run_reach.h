/* Which results of which methods the cases have seen: each success and each declared error is to be reached
 * by one, or stands in the file of those that are not, with the reason. */
#ifndef TAUT_TESTS_RUN_REACH_H
#define TAUT_TESTS_RUN_REACH_H

#include "base/arena.h"
#include "err.h"

/* A table of all methods and results, all unreached. */
struct reach;
struct reach *reach_new(void);
void reach_free(struct reach *reach);
/* method answered this; unknown methods and ERRORS_N are passed over. */
void reach_mark(struct reach *reach, struct str method, enum err result);

/* Prints what was not reached and is not in the file, and what is in it without need.  The file's lines are
 * `METHOD RESULT: reason` ("ok" is a result), blank, or begin with #.  Returns how many lines it printed. */
int reach_report(const struct reach *reach, const char *path);

#endif
