/* The workspace that every case begins with.
 *
 * Two workspaces of one organization, a person or bot for each kind of actor, #general with everybody of
 * the first workspace in it but bot_out and the deactivated person, #random with alice, admin, bob and
 * carol, and everybody's im with USLACKBOT.  Ids, tokens and times are always the same. */
#ifndef TAUT_TESTS_RUN_FIXTURE_H
#define TAUT_TESTS_RUN_FIXTURE_H

#include "base/rand.h"
#include "run_vars.h"
#include "store/db.h"

/* When cases begin: a day after the workspace was made. */
enum { FIXTURE_CASE_S = 1767225600 + 86400 };

/* Apps' secrets are sealed under it. */
extern const unsigned char fixture_key[SECRET_KEY_BYTES];

/* The token of a person, a bot or an actor ("alice", "bot_in"); `nobody` has none, `unknown` one that was never given.
 * False when there is nobody of this name. */
bool fixture_find(struct str name, struct str *token);

/* Makes the workspace of tests/fixture.json in an empty, migrated database.  False: *why is a sentence. */
bool fixture_make(struct db *writer, struct str *why);
/* $alice, $general, $bot_in_bot … and $alice_token: of the workspace made last. */
void fixture_vars(struct vars *v);

#endif
