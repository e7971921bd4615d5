/* Apps entering a workspace: their bot there, and tokens with or without rotation. */
#ifndef TAUT_CORE_INSTALL_H
#define TAUT_CORE_INSTALL_H

#include "core/manifest.h"
#include "core/person.h"
#include "sql.h"

/* How long an access token of an app with token rotation lives. */
enum { INSTALL_TOKEN_S = 12 * 3600 };

/* The app behind a client id, when the secret is its own; the call is then in the app's organization.
 * invalid_client_id, bad_client_secret. */
enum err install_client(struct call *c, struct str id, struct str secret, struct app_row *app, struct manifest *m);

/* A new manifest, checked before, and the name in it.  Whatever URL is in it has to answer a challenge, again as well:
 * events that were turned off for failing too often then go on. */
enum err install_manifest(struct call *c, int64_t app, struct str name, struct str manifest);

/* The app's bot in c->team, made when it is not there yet. */
enum err install_bot(struct call *c, const struct app_row *app, const struct manifest *m, struct bot_row *out);

struct issued {
    struct str token, refresh; /* refresh: empty without rotation */
    int64_t expires_in_s;      /* 0: never */
};

/* Makes a token and, when rotates, the refresh token that goes with it. */
enum err install_token(struct call *c, const struct token_new *t, bool rotates, struct issued *out);

/* The log of integrations says that user lets the app in; before its tokens are made. */
enum err install_note(struct call *c, int64_t app, int64_t user, struct str bot_scopes, struct str user_scopes);
/* The tokens of an install in c->team: of the app's bot, which is made when it is not there yet, and of a person. */
enum err install_bot_token(struct call *c, const struct app_row *app, const struct manifest *m, struct str scopes,
                           bool rotates, struct bot_row *bot, struct issued *out);
enum err install_user_token(struct call *c, int64_t app, int64_t user, struct str scopes, bool rotates,
                            struct issued *out);

/* Keeps a refresh token that goes with a token; what it is called is the caller's. */
enum err install_refresh_token(struct call *c, int64_t token, struct str refresh);

/* Trades a refresh token for a new pair; the old access token stops in an hour, so that calls under way end well. *kind
 * tells whose it was.  invalid_refresh_token. */
enum err install_refresh(struct call *c, int64_t app, struct str refresh, struct refresh_row *old, struct issued *out);

/* People see the app's bots under this name from now on. */
enum err install_rename_bots(struct call *c, int64_t app, struct str name);

/* The app leaves a workspace, which is c->team: all its tokens there end, refresh tokens with them, its bot is
 * deactivated until it comes back, what it shows to people goes, and it hears app_uninstalled. */
enum err install_end(struct call *c, int64_t app, int64_t team);

#endif
