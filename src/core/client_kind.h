/* What a person uses the workspace with, as far as analytics tells it.  The rules stand here alone. */
#ifndef TAUT_CORE_CLIENT_KIND_H
#define TAUT_CORE_CLIENT_KIND_H

#include "core/call.h"

enum client_kind {
    CLIENT_WEB, /* a browser, and whatever does not say what it is */
    CLIENT_DESKTOP,
    CLIENT_IOS,
    CLIENT_ANDROID,
    CLIENT_APP, /* an app acts, with its own token or with one that a person gave it */
    CLIENT_KINDS,
};

/* Of what calls itself so in User-Agent: never CLIENT_APP. */
enum client_kind client_kind_of_agent(struct str user_agent);
/* Of a call: a token of an app is the app's, whatever it calls itself. */
enum client_kind client_kind_of(const struct call *c);
/* Is it CLIENT_APP?  Takes no look at User-Agent, which is long. */
bool client_is_app(const struct call *c);
/* Is somebody there whose activity counts: a person with a client of its own? */
bool client_is_person(const struct call *c);

#endif
