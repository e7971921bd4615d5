/* App manifests: what an app says it is, as Slack's manifest format has it (display_information, features,
 * oauth_config, settings).  Kept as the JSON that was given; read from it when it is needed. */
#ifndef TAUT_CORE_MANIFEST_H
#define TAUT_CORE_MANIFEST_H

#include "base/json.h"
#include "core/types.h"

struct manifest {
    struct str name, description, bot_name;
    struct str bot_scopes, user_scopes; /* comma lists */
    struct str_list redirect_urls;
    struct str_list bot_events, user_events;
    struct str event_url, interactivity_url, options_url;
    const struct json *commands, *shortcuts; /* arrays of objects, or NULL */
    struct str_list unfurl_domains;
    bool interactive, socket_mode, token_rotation, org_deploy;
};

/* Reads a manifest.  False and a sentence that names the place when it is none; texts lie in the arena or in text.  An
 * empty text is a manifest that says nothing. */
bool manifest_read(struct arena *a, struct str text, struct manifest *out, struct str *why);

/* Is the address below one of the domains whose links an app previews?  *domain is that one. */
bool manifest_unfurls(const struct str_list *domains, struct str url, struct str *domain);

#endif
