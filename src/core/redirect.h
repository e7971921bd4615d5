/* Where an authorization may send people: redirect URIs against the ones an app has registered. */
#ifndef TAUT_CORE_REDIRECT_H
#define TAUT_CORE_REDIRECT_H

#include "base/str.h"

/* http:// or https://, with a host, no user name, no blanks, backslashes or controls. */
bool redirect_is_url(struct str url);

/* Does uri lie at or below registered?  Same scheme, host and port; its path is the registered one or goes on below it
 * ("/a" covers
 * "/a" and "/a/b", not "/ab"); no fragment and no dot segments, plain or encoded (OAuth documentation: redirect URLs).
 */
bool redirect_covers(struct str registered, struct str uri);

#endif
