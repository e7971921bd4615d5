/* One .case file: steps against the fixture's workspace, made anew for each file.  A line is a step:
 *
 *   # …             nothing
 *   as NAME         whose token the next calls carry (run_fixture.c); `nobody` has none, `unknown` a made-up one
 *   > METHOD {…}    a call; its arguments are JSON, or a form: a=b&c=d.  Bound $names are replaced first.  The
 *                   reply must keep what the catalogue says (run_contract.h), asserted or not.  METHOD?a=b has
 *                   arguments in the query too; `> GET METHOD?a=b` has no body
 *   file {…}        the next call is a multipart form with this file in it: "filename" (without one it is a
 *                   field), "text" or "base64", and perhaps "name" (else file) and "times" (so often the text)
 *   type TEXT       the next call's body goes out as it is written, under this Content-Type; `type none`: without one
 *   < {…}           the last reply has these keys with these values; an array has the same length unless its
 *                   last element is "..."; "$x" is bound to the string in its place, or equals it once bound;
 *                   "$_" is anything
 *   <= {…}          the same, and no object has further keys
 *                   A reply that is a gzip file is looked at as {"ok":true,"file":NAME,"n":ROWS,"rows":{ID:ROW}},
 *                   one of CSV as {"ok":true,"file":NAME,"text":TEXT} (run_gzip.h)
 *   agent TEXT      the next calls say that they are this (User-Agent); case-runner at first
 *   host NAME       the next calls go to this host; 127.0.0.1:8065 at first
 *   header NAME: VALUE
 *                   the last reply has this header; `header NAME nothing`: it has none of this name
 *   ! {…}           the next event the last call emitted, or the jobs of the last wait, compared as `<` does
 *   != {…}          the same, and no object of it has further keys
 *   ! nothing       it emitted no further one
 *   app {…}         the next call asks an app, which answers: "status" (else 200), and "body" (JSON) or "text";
 *                   `app late`: it does not answer in time.  Without this step there is none to ask
 *   ? {…}           what the last call asked an app, compared as `<` does: "app", "to" (an URL, or "socket"), "form"
 *                   ("command", "interaction"), "payload"
 *   behind TEXT $x VALUE
 *                   binds a variable to what stands behind TEXT in VALUE
 *   cost queries<=4 arena<=96K
 *                   what the last call spent, at most; an actor seen before costs no query
 *   fail db 2       the second query of the next call, on each connection, finds the disk full
 *   wait 5m         the clock moves (s, m, h, d), due jobs run, messages are indexed, days that are over are closed;
 * else it stands still, but for a millisecond before each call set $x TEXT     binds a variable setting NAME VALUE the
 * server has another setting from here on (over HTTP the file ends here) times N … end   the lines between run N times;
 * what they bind is forgotten after each, $n counts from 1 */
#ifndef TAUT_TESTS_RUN_CASE_H
#define TAUT_TESTS_RUN_CASE_H

#include "run_reach.h"
#include "run_report.h"

/* Runs it; db_url as world_open takes it (over HTTP without the lines about events, costs and failures; a file that
 * needs an app ends there).  False when the file or the database could not be opened: that counts as a failed step. */
bool case_run(const char *path, struct str db_url, struct report *r, struct reach *reach);

#endif
