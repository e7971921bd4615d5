/* The apps that hear events, and for whom: read from the database when something about tokens, people or apps changed.
 *
 * A struct app_set is one reading.  It does not change; who took it gives it back. */
#ifndef TAUT_LIVE_APPS_H
#define TAUT_LIVE_APPS_H

#include "core/call.h"
#include "core/manifest.h"
#include "subscription.h" /* generated */

struct apps;

/* Somebody who let an app in: the app hears what this user, its bot or a person, may see. */
struct ear {
    int64_t user;
    bool is_bot, is_guest;
    bool whole_org;                     /* let in for the organization */
    uint64_t hears[SUBSCRIPTION_WORDS]; /* what the app asked for, as far as the scopes go */
};

struct app {
    int64_t id, org;
    struct str url; /* where it wants events; empty: nowhere */
    struct str signing_secret, verification_token;
    bool socket;   /* it wants them through Socket Mode instead */
    bool linked;   /* Socket Mode is on, whether or not it wants any */
    bool verified; /* it answered the challenge at this URL */
    bool disabled; /* it failed too often there */
    struct str_list unfurl_domains;
    uint64_t bot_events[SUBSCRIPTION_WORDS], user_events[SUBSCRIPTION_WORDS];
};

/* An app in a workspace. */
struct app_install {
    const struct app *app;
    int64_t team;
    const struct ear *ears; /* bots first */
    int n_ears;
};

struct app_set {
    struct app *apps; /* in order of id */
    int n_apps;
    struct app_install *installs; /* of apps that hear alone, in order of app */
    int n_installs;
    uint64_t heard[SUBSCRIPTION_WORDS]; /* by any */
};

/* key: of the key file, under which the apps' secrets are sealed. */
struct apps *apps_new(const unsigned char *key);
void apps_free(struct apps *apps);
/* Does any app hear anything?  Also true when that has to be looked up first.  Any thread; a few atomic loads. */
bool apps_any(const struct apps *apps);
/* What is true now, read through db when it has changed.  Any thread. */
enum err apps_take(struct apps *apps, struct db *db, const struct app_set **out);
void apps_give_back(struct apps *apps, const struct app_set *set);
/* The next taker reads again: for databases that others change too. */
void apps_expire(struct apps *apps);

/* Has it a way to hear events, though nobody may be there right now? */
static inline bool app_has_way(const struct app *app)
{
    return app->socket || (app->url.n && !app->disabled);
}

const struct app *app_set_find(const struct app_set *set, int64_t id);

static inline bool subscription_in(const uint64_t *set, int subscription)
{
    return set[subscription / 64] >> (subscription % 64) & 1;
}

#endif
