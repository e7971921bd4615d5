/* Schema steps: forward only, numbered, each in one transaction (catalogue/sql/schema). */
#ifndef TAUT_STORE_MIGRATE_H
#define TAUT_STORE_MIGRATE_H

#include "store/db.h"

struct schema_step {
    int number;
    const char *name;
    const char *text[2]; /* by engine */
};
extern const struct schema_step schema_steps[]; /* generated */
extern const int schema_steps_n;

/* Brings the schema up to the newest step.  False and a sentence when the database is newer than this binary
 * (nothing touched) or a step fails (that step rolled back). Two nodes may start at once: one waits for the
 * other. */
bool db_migrate(struct db *writer, struct arena *a, struct str *why);
/* Would db_migrate take this database?  Changes nothing; *what says which schema it has. */
bool db_schema_fits(struct db *db, struct arena *a, struct str *what);
/* Is it one that db_migrate would change? */
bool db_schema_is_older(struct db *db);

#endif
