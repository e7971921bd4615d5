/* Apps as those see them who make them. */
#ifndef TAUT_CORE_APP_H
#define TAUT_CORE_APP_H

#include "core/manifest.h"
#include "core/person.h"
#include "sql.h"

/* The app of an id as text, when the caller may manage it: who made it may, and owners and admins of the workspace it
 * was made in.  invalid_app_id, app_not_found. */
enum err app_manage(struct call *c, struct str id, struct app_row *out);

/* May the caller manage it? */
bool app_is_managed(struct call *c, const struct app_row *app);

/* A new app of the caller's, made in c->team, from a manifest that was checked.  key: the key file's. */
enum err app_from_manifest(struct call *c, const unsigned char *key, const struct manifest *m, struct str text,
                           struct app_secrets *secrets, int64_t *app);
/* Another manifest, checked before: the app's name follows, and its bots'. */
enum err app_set_manifest(struct call *c, int64_t app, const struct manifest *m, struct str text);
/* It leaves all workspaces: tokens of the organization end as well. */
enum err app_leave(struct call *c, int64_t app);
/* It leaves all workspaces and is gone. */
enum err app_delete(struct call *c, int64_t app);

/* Where people let the app in, with what its manifest asks for. */
struct str app_authorize_url(struct call *c, struct str client_id, const struct manifest *m);
/* The manifest as it was given; of an app made without one, what it says of itself. */
struct str app_manifest_text(struct call *c, const struct app_row *app);
/* A secret of the app's, opened; p is NULL when it was sealed under another key file. */
struct str app_unseal(struct arena *a, const unsigned char *key, struct str sealed);

#endif
