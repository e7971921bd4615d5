/* An app in the workspace of the call: what it is, and who speaks for it there. */
#ifndef TAUT_CORE_APP_HERE_H
#define TAUT_CORE_APP_HERE_H

#include "core/ask.h"
#include "core/manifest.h"
#include "sql.h"

struct app_here {
    struct app_row app;
    struct manifest manifest;
    struct bot_row bot;           /* id 0: it has none here */
    uint64_t scopes[SCOPE_WORDS]; /* of all its tokens here together */
};

/* *found is false when nobody let this app in, or not any more. */
enum err app_here_open(struct call *c, int64_t app, struct app_here *out, bool *found);

/* Is it so with any app, the newest first?  *out is the first one of which wanted is true. */
enum err app_here_find(struct call *c, bool (*wanted)(void *ctx, const struct manifest *m), void *ctx,
                       struct app_here *out, bool *found);

/* Its bot as an actor, with its own scopes: what the app does by itself is done as this one. */
struct actor app_here_actor(const struct call *c, const struct app_here *here);

/* What it is asked goes to url, unless its manifest wants Socket Mode. */
struct app_ask *app_here_ask(struct call *c, const struct app_here *here, enum ask_form form, struct str url);

#endif
