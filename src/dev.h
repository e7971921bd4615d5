/* Throw-away workspaces: what `taut dev` serves, and what tests stand on.
 *
 * A workspace is described by a JSON text (docs/guide/dev.md); the built-in one is dev_builtin_json.  The same text
 * gives the same ids, tokens and message timestamps on every engine and every run. */
#ifndef TAUT_DEV_H
#define TAUT_DEV_H

#include "base/arena.h"

struct db;
struct settings;

enum { DEV_RACERS = 32 };

/* The workspace `taut dev` serves by default. */
extern const char dev_builtin_json[];

/* Somebody or something of the workspace, by name: "alice", "general", "helper" (a bot), "acme" (a workspace's domain),
 * or by the kind of actor a person or bot stands for ("owner", "member_out", "bot_in" …). */
struct dev_name {
    struct dev_name *next;
    struct str name;
    int64_t id;       /* a user, bot's user, channel or workspace */
    struct str token; /* of people and bots; else empty */
};

/* Tokens that the actors file lists: kinds of actors, in order. */
struct dev_actor {
    struct dev_actor *next;
    struct str kind, token;
};

/* What came out.  Its texts lie in the arena given to dev_seed. */
struct dev_world {
    struct dev_name *names; /* dev_find looks here */
    struct dev_actor *actors;
    struct str racers[DEV_RACERS]; /* tokens of members who do nothing else */
    int n_racers;
    int64_t org, team; /* of the first workspace */
    struct str team_name;
    int n_people, n_channels, n_messages;
    /* The first owner's token with every scope, a plain member's, one that has users:read alone, a guest's, the first
     * app's bot's and its own; empty when the workspace has nobody of that kind. */
    struct str admin_token, user2_token, limited_token, guest_token, bot_token, app_token;
    struct str client_id, client_secret, signing_secret, verification_token; /* of the first app */
    struct str webhook_path; /* "services/T…/B…/…"; empty when no bot has one */
};

struct dev_options {
    struct str json;          /* empty: dev_builtin_json */
    struct str file;          /* its name in error messages; may be empty */
    int racers;               /* members to add for races, at most DEV_RACERS */
    const unsigned char *key; /* SECRET_KEY_BYTES: what secrets are sealed under */
};

/* Fills a database that holds no workspace yet (its schema is up to date), in one transaction.  False and a sentence
 * when the JSON is wrong (it names the place: users[2].role) or the database fails. */
bool dev_seed(struct db *writer, const struct settings *settings, const struct dev_options *opt, struct arena *a,
              struct dev_world *out, struct str *why);
/* NULL when there is none of this name. */
const struct dev_name *dev_find(const struct dev_world *w, struct str name);

/* The lines of --env, each "export NAME='VALUE'".  url: the server's origin without a slash at its end. */
struct str dev_env_text(const struct dev_world *w, struct arena *a, struct str url, int pid);
/* The JSON of --actors. */
struct str dev_actors_text(const struct dev_world *w, struct arena *a);

/* `taut dev`: returns the exit code. */
int dev_main(int argc, char **argv);

#endif
