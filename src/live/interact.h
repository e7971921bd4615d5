/* What people do with apps goes to them: slash commands and interactions, to the URLs of their manifests or over Socket
 * Mode.  Each is sent once; what the app answers within three seconds goes back to the call (core/ask.h). */
#ifndef TAUT_LIVE_INTERACT_H
#define TAUT_LIVE_INTERACT_H

#include "core/ask.h"

struct http_client;
struct interact;
struct socket_hub;

/* key: of the key file, under which the apps' secrets are sealed. */
struct interact *interact_new(struct http_client *client, struct socket_hub *hub, const unsigned char *key);
/* What calls ask through. */
struct asker interact_asker(struct interact *in);
/* Before the threads end that calls go on with: whoever is asked is away from now on.  in may be NULL. */
void interact_stop(struct interact *in);
/* Once client and hub are at their end.  in may be NULL. */
void interact_free(struct interact *in);

#endif
