/* Passwords of people: argon2id (libsodium), one at a time. */
#ifndef TAUT_CORE_PASSWORD_H
#define TAUT_CORE_PASSWORD_H

#include "base/arena.h"

enum { PASSWORD_MIN_CHARS = 8, PASSWORD_MAX_BYTES = 1024 };

/* The text to store; takes some 50 ms and 64 MB, which is what protects it; for throw-away workspaces (cheap) next to
 * nothing.  p is NULL when there is no memory for it. */
struct str password_hash(struct arena *a, struct str password, bool cheap);

enum password_result { PASSWORD_WRONG, PASSWORD_RIGHT, PASSWORD_BUSY };
/* Compares; an empty hash takes as long as any other and is wrong, so that nobody learns who has an account.  BUSY:
 * somebody else's password is being compared right now; a flood of sign-ins must not take all workers. */
enum password_result password_check(struct str hash, struct str password);

#endif
