/* What the verbs of `taut app` share. */
#ifndef TAUT_MANAGE_APP_H
#define TAUT_MANAGE_APP_H

#include "core/app.h"
#include "core/install.h"
#include "manage.h"

/* By id or by name; the newest of several that share a name.  Refuses when there is none. */
enum err manage_find_app(struct manage *m, const char *text, struct app_row *out);

/* Into the workspace meant, out of it, and a webhook there (manage_install.c). */
enum err app_install(struct manage *m);
enum err app_uninstall(struct manage *m);
enum err app_token(struct manage *m);
enum err app_webhook(struct manage *m);

/* Lets the app into the workspace meant, with the bot's scopes of its manifest, or all, and tells the bot's tokens. */
enum err manage_install_app(struct manage *m, const struct app_row *app);
/* Makes an app-level token with all scopes, and tells it. */
enum err manage_app_token(struct manage *m, const struct app_row *app);

#endif
