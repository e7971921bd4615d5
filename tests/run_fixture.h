/* The workspace that every case begins with.
 *
 * Two workspaces of one organization, a person or bot for each kind of actor, #general with everybody of
 * the first workspace in it but bot_out and the deactivated person, #random with alice, admin, bob and
 * carol, and everybody's im with USLACKBOT.  Ids, tokens and times are always the same. */
#ifndef TAUT_TESTS_RUN_FIXTURE_H
#define TAUT_TESTS_RUN_FIXTURE_H

#include "run_vars.h"
#include "store/db.h"

/* When the workspace was made; cases begin a day later. */
enum { FIXTURE_EPOCH_S = 1767225600, FIXTURE_CASE_S = FIXTURE_EPOCH_S + 86400 };

struct fixture_actor {
    struct str name;  /* "alice": what `as` takes, and the variable that holds the user's id */
    struct str token; /* empty: calls without one */
};

/* NULL when there is none of this name. */
const struct fixture_actor *fixture_find(struct str name);

/* Fills an empty, migrated database in one transaction; the clock should stand at FIXTURE_EPOCH_S.  False
 * when a query fails, then *why is its error's name. */
bool fixture_make(struct db *writer, struct arena *a, struct str *why);
/* $alice, $general, $bot_in_bot … */
void fixture_vars(struct vars *v);

#endif
