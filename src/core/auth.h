/* Who a token speaks for. */
#ifndef TAUT_CORE_AUTH_H
#define TAUT_CORE_AUTH_H

#include "core/call.h"

/* Actors a worker has looked up lately, by the SHA-256 of their token.  One per worker, so it needs no lock; all are
 * emptied at once by auth_forget_all.  Only for engines on which every change passes through this process. */
struct auth_cache;
struct auth_cache *auth_cache_new(void);
void auth_cache_free(struct auth_cache *cache);
/* Any thread: tokens, users, apps or workspaces changed. */
void auth_forget_all(void);
/* Other processes change them too.  On PostgreSQL each change is counted in the database, in its own transaction, and
 * whoever reads a larger count than this process knew forgets all: auth_actor with its row, others with auth_look. */
enum err auth_look(struct db *db, struct arena *a);
/* The count now, and the largest one this process has read; 0 on SQLite, where the lane tells (store/lane.h). */
enum err auth_epoch_read(struct db *db, struct arena *a, int64_t *epoch);
int64_t auth_epoch(void);
/* Counts a change that this transaction makes. */
enum err auth_epoch_tell(struct db *db, struct arena *a);
/* Grows with every auth_forget_all; a call that waited can tell whether its actor may have changed. */
uint64_t auth_generation(void);

/* Fills *out from the token.  not_authed when it is empty; invalid_auth when unknown; account_inactive when its user,
 * or workspace is gone; token_revoked when it was revoked or its app removed; token_expired past its time.
 * cache may be NULL.  Texts of *out lie in the arena. */
enum err auth_actor(struct auth_cache *cache, struct db *db, struct arena *a, struct str token, int64_t now_us,
                    struct actor *out);

#endif
