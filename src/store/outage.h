/* One log line when the database stops working and one when it works again, however many calls fail in
 * between.
 *
 * All connections of the process share it.  Thread-safe. */
#ifndef TAUT_STORE_OUTAGE_H
#define TAUT_STORE_OUTAGE_H

#include "store/db.h"

enum outage_kind { OUTAGE_READ, OUTAGE_WRITE, OUTAGE_CONNECTION };

/* why: what the engine said; hint: what the operator can do. */
void outage_begin(enum db_engine engine, enum outage_kind kind, const char *why, const char *hint);
/* Something of this kind worked.  Cheap when nothing was wrong. */
void outage_end(enum db_engine engine, enum outage_kind kind);
/* A query failed for a reason that is no outage.  At most one line a second. */
void fault_log(enum db_engine engine, const char *query, const char *why);

#endif
