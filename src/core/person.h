/* Making people, bots, apps and tokens: what the first start, `taut dev` and the shell commands share.
 *
 * These run inside a transaction of their caller, with a struct call made by hand (call_system). */
#ifndef TAUT_CORE_PERSON_H
#define TAUT_CORE_PERSON_H

#include "base/zone.h"
#include "core/call.h"
#include "core/channel.h"

/* A call of the server's own: no token, acting in team as USLACKBOT with every right. */
void call_system(struct call *c, struct arena *a, struct db *db, int64_t org, int64_t team);

struct person_new {
    int64_t id; /* 0: a new one */
    struct str name, email, real_name;
    enum role role;
    enum guest guest;
    bool is_bot;
    int64_t bot, app;
    bool lonely; /* not put into #general (single-channel guests, bots that are in no channel) */
};

/* The user, its membership of c->team, of the general channel, and its open im with USLACKBOT.  email_taken. */
enum err person_create(struct call *c, const struct person_new *p, int64_t *id);
/* Is the seat of a member of this guest kind paid for?  Single-channel guests are free. */
bool person_has_seat(int64_t guest);
/* An existing person enters another workspace. */
enum err person_enter(struct call *c, int64_t user, enum role role, enum guest guest, bool lonely);
/* zone: one that zone_exists. */
enum err person_set_zone(struct call *c, int64_t user, struct str zone);

/* The organization with USLACKBOT; ids 0 are made new. */
enum err org_create(struct call *c, int64_t id, struct str name, struct str domain);
/* A workspace with USLACKBOT in it and its #general and #random; c->team is set to it. */
enum err team_create(struct call *c, int64_t id, struct str name, struct str domain, int64_t general, int64_t random);

struct app_secrets {
    struct str client_id, client_secret, signing_secret, verification_token; /* empty ones are made new */
};
/* key: the key file's; the secrets are kept sealed under it.  Fills the empty ones of *secrets. */
enum err app_create(struct call *c, int64_t id, struct str name, const unsigned char *key, struct app_secrets *secrets,
                    int64_t *app);
/* An app's bot and the user it acts as, in c->team. */
enum err bot_create(struct call *c, int64_t app, int64_t bot_id, int64_t user_id, struct str name, bool lonely,
                    int64_t *bot, int64_t *user);

struct token_new {
    enum token_kind kind;
    int64_t user, app, bot;
    bool whole_org; /* a token of the organization */
    struct str scopes, label;
    struct str text;    /* empty: a new one is made */
    int64_t id;         /* 0: a new one */
    int64_t expires_us; /* 0: never */
    bool rotates;       /* it shows by its text that a refresh token belongs to it */
};
/* xoxp-<digits>-<digits>-<tail>, xoxb-…, xapp-1-<app>-<digits>-<tail>: the shapes that clients check (wire.md).  The
 * tail is letters and digits, and is what makes it a secret. */
struct str token_text(struct call *c, const struct token_new *t, struct str tail);
/* Stores the token's hash; *text is the token itself, shown to nobody again. */
enum err token_create(struct call *c, const struct token_new *t, struct str *text);

#endif
