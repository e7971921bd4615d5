/* The first start of `taut serve`: organization, workspace, owner and a first app, and the text that says how to use
 * them. */
#ifndef TAUT_FIRST_START_H
#define TAUT_FIRST_START_H

#include "server.h"

struct first_start {
    bool made;            /* false: the database held a workspace already */
    struct str workspace; /* its name, made now or found */
    struct str owner_token, bot_token, app_token, signing_secret, client_id, client_secret;
};

/* Makes the workspace when the database holds none, in one transaction.  Before server_start.  False: *why is a
 * sentence. */
bool first_start(struct server *s, struct first_start *out, struct str *why);
/* To standard output: the tokens, a curl line and a Node example when it was made; else where it serves. */
void first_start_tell(struct server *s, const struct first_start *f, struct str origin);

#endif
