/* Incoming webhooks: addresses under /services/ that post into one channel as an app's bot. */
#ifndef TAUT_CORE_WEBHOOK_H
#define TAUT_CORE_WEBHOOK_H

#include "core/call.h"
#include "sql.h"

/* A webhook of the bot.  secret: letters and digits; empty: a new one.  *path is "services/T…/B…/secret", shown to
 * nobody again: what stands behind services/ is a token, kept hashed as others are. */
enum err webhook_create(struct call *c, const struct bot_row *bot, int64_t channel, struct str secret,
                        struct str *path);
/* It stops at once. */
enum err webhook_remove(struct call *c, const struct webhook_row *hook);

#endif
