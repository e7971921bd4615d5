/* App manifests: what an app says it is, as Slack's manifest format has it (display_information, features,
 * oauth_config, settings).  Kept as the JSON that was given; read from it when it is needed. */
#ifndef TAUT_CORE_MANIFEST_H
#define TAUT_CORE_MANIFEST_H

#include "base/json.h"
#include "core/types.h"

struct manifest_command {
    struct str command; /* with its slash */
    struct str url;     /* empty with Socket Mode */
    struct str description, usage_hint;
    bool should_escape; /* names in what is typed become <#C…> and <@U…> */
};

struct manifest_shortcut {
    struct str name, callback_id, description;
    bool is_message; /* of a message; else global */
};

/* Of a function: what goes in, or comes out. */
struct manifest_parameter {
    struct str name, type, title, description;
    bool required;
};

/* A step that the app runs when it is asked to (core/function.h). */
struct manifest_function {
    struct str callback_id, title, description;
    const struct manifest_parameter *inputs, *outputs;
    int n_inputs, n_outputs;
};

struct manifest {
    struct str name, description, long_description, background_color, bot_name;
    struct str bot_scopes, user_scopes; /* comma lists */
    struct str_list redirect_urls;
    struct str_list bot_events, user_events;
    struct str event_url, interactivity_url, options_url;
    const struct manifest_command *commands;
    const struct manifest_shortcut *shortcuts;
    const struct manifest_function *functions;
    int n_commands, n_shortcuts, n_functions;
    struct str_list unfurl_domains;
    struct str_list ip_ranges; /* addresses, or ranges as a.b.c.d/n */
    bool home_tab, messages_tab, messages_read_only, assistant, always_online;
    bool interactive, socket_mode, token_rotation, org_deploy;
};

/* Something about a manifest: a fault, or only a hint. */
struct manifest_fault {
    struct manifest_fault *next;
    const char *code;
    struct str pointer; /* RFC 6901: "/features/slash_commands/0/url" */
    struct str message; /* a sentence without a full stop */
    bool is_hint;
};

/* Reads a manifest that was taken once; what a newer reader finds wrong in it is left out.  An empty text is a manifest
 * that says nothing.  False when it is no JSON object.  Texts lie in the arena or in text. */
bool manifest_read(struct arena *a, struct str text, struct manifest *out);

/* Reads a new one.  False when it has faults; *faults has them, and hints, in the order they were met: the first
 * hundred of both. */
bool manifest_check(struct arena *a, struct str text, struct manifest *out, const struct manifest_fault **faults);

/* "/settings/interactivity: …" for people. */
struct str manifest_fault_text(struct arena *a, const struct manifest_fault *fault);
/* The first fault of a manifest that has some. */
const struct manifest_fault *manifest_first_fault(const struct manifest_fault *faults);

/* Is the address below one of the domains whose links an app previews?  *domain is that one. */
bool manifest_unfurls(const struct str_list *domains, struct str url, struct str *domain);

#endif
