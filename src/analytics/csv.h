/* The same rows as CSV (RFC 4180): a header line, then a line for each row. */
#ifndef TAUT_ANALYTICS_CSV_H
#define TAUT_ANALYTICS_CSV_H

#include "analytics/gz.h"
#include "err.h"

/* Reads gzipped rows of JSON from fd, from its beginning, and puts them into out as CSV; *header: the line of names is
 * written already, as the rows of one answer all have the same.  Lists and objects are JSON in their cell.  A text that
 * spreadsheets would take for a formula gets an apostrophe before it. */
enum err csv_put(int fd, struct gz *out, bool *header);

#endif
