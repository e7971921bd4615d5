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
/* Grows with every auth_forget_all; a call that waited can tell whether its actor may have changed. */
uint64_t auth_generation(void);

/* Fills *out from the token.  not_authed when it is empty; invalid_auth when unknown; account_inactive when its user,
 * or workspace is gone; token_revoked when it was revoked or its app removed; token_expired past its time.
 * cache may be NULL.  Texts of *out lie in the arena. */
enum err auth_actor(struct auth_cache *cache, struct db *db, struct arena *a, struct str token, int64_t now_us,
                    struct actor *out);

#endif
