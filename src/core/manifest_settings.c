/* A manifest's oauth_config and settings, and what the parts say about each other. */
#include <arpa/inet.h>

#include "core/manifest_reader.h"
#include "core/redirect.h"
#include "scope.h"        /* generated */
#include "subscription.h" /* generated */

enum { REDIRECTS_MAX = 1000, SCOPES_MAX = 255, EVENTS_MAX = 100, RANGES_MAX = 50, METADATA_MAX = 20, NAME_MAX = 255 };

/* --- oauth_config --------------------------------------------------------------------------------------------- */

/* The scopes at key that such tokens can have, as a comma list without doubles. */
static struct str read_scopes(struct manifest_reader *r, const struct place *scopes, const char *key, bool bot)
{
    struct place at = reader_at(r, scopes, key);
    struct str_list list = reader_texts(r, scopes, key, SCOPES_MAX);
    struct buf b = buf_in(r->a, 1 << 16);
    uint64_t seen[SCOPE_WORDS] = {0};

    for (int i = 0; i < list.n; i++) {
        enum scope s = scope_find(list.v[i]);
        if (s == SCOPES_N || !scope_is_for(s, bot)) {
            reader_fault(r, &at, bot ? "illegal_bot_scopes" : "illegal_user_scopes", "there is no %s scope '%.*s'",
                         bot ? "bot" : "user", STR_FMT(list.v[i]));
            continue;
        }
        if (seen[s / 64] >> (s % 64) & 1)
            continue;
        seen[s / 64] |= UINT64_C(1) << (s % 64);
        if (b.n)
            buf_char(&b, ',');
        buf_str(&b, list.v[i]);
    }
    return buf_view(&b);
}

static void read_redirects(struct manifest_reader *r, const struct place *oauth, struct manifest *m)
{
    struct place at = reader_at(r, oauth, "redirect_urls");
    struct str_list list = reader_texts(r, oauth, "redirect_urls", REDIRECTS_MAX);

    m->redirect_urls = (struct str_list){list.v, 0};
    for (int i = 0; i < list.n; i++) {
        if (redirect_is_url(list.v[i]))
            list.v[m->redirect_urls.n++] = list.v[i];
        else
            reader_fault(r, &at, "invalid_url", "'%.*s' is no http:// or https:// address", STR_FMT(list.v[i]));
    }
}

void manifest_oauth(struct manifest_reader *r, const struct place *root, struct manifest *m)
{
    struct place oauth =
        reader_object(r, root, "oauth_config", "redirect_urls scopes token_management_enabled pkce_enabled");
    struct place scopes = reader_object(r, &oauth, "scopes", "bot user bot_optional user_optional");

    read_redirects(r, &oauth, m);
    reader_flag(r, &oauth, "token_management_enabled");
    m->bot_scopes = read_scopes(r, &scopes, "bot", true);
    m->user_scopes = read_scopes(r, &scopes, "user", false);
    read_scopes(r, &scopes, "bot_optional", true);
    read_scopes(r, &scopes, "user_optional", false);
}

/* --- settings ------------------------------------------------------------------------------------------------- */

/* Names that apps may ask for though nothing is sent under them: all kinds of messages, and what the Events API says by
 * itself. */
static bool is_event(struct str name)
{
    return subscription_find(name) >= 0 || str_eq(name, S("message")) || str_eq(name, S("app_rate_limited")) ||
           str_eq(name, S("url_verification"));
}

static struct str_list read_events(struct manifest_reader *r, const struct place *events, const char *key)
{
    struct place at = reader_at(r, events, key);
    struct str_list list = reader_texts(r, events, key, EVENTS_MAX), out = {list.v, 0};

    for (int i = 0; i < list.n; i++) {
        if (is_event(list.v[i]))
            out.v[out.n++] = list.v[i];
        else
            reader_fault(r, &at, "illegal_events", "there is no event '%.*s'", STR_FMT(list.v[i]));
    }
    return out;
}

static void read_metadata(struct manifest_reader *r, const struct place *events)
{
    struct place list = reader_list(r, events, "metadata_subscriptions", METADATA_MAX), item = {0};
    int i = 0;

    while (reader_next(r, &list, &i, &item))
        if (reader_is_object(r, &item, "app_id event_type")) {
            reader_text(r, &item, "app_id", 1, NAME_MAX);
            reader_text(r, &item, "event_type", 1, NAME_MAX);
        }
}

/* "10.0.0.0/8", "2001:db8::/32", or one address. */
static bool is_range(struct arena *a, struct str text)
{
    ptrdiff_t slash = str_chr(text, '/');
    struct str host = slash < 0 ? text : str_head(text, (size_t)slash);
    const char *address = arena_cstr(a, host);
    unsigned char bytes[sizeof(struct in6_addr)];
    int64_t bits = 0;
    bool four = inet_pton(AF_INET, address, bytes) == 1;

    if (!four && inet_pton(AF_INET6, address, bytes) != 1)
        return false;
    return slash < 0 ||
           (str_to_i64(str_skip(text, (size_t)slash + 1), &bits) && bits >= 0 && bits <= (four ? 32 : 128));
}

static void read_ranges(struct manifest_reader *r, const struct place *settings, struct manifest *m)
{
    struct place at = reader_at(r, settings, "allowed_ip_address_ranges");
    struct str_list list = reader_texts(r, settings, "allowed_ip_address_ranges", RANGES_MAX);

    m->ip_ranges = (struct str_list){list.v, 0};
    for (int i = 0; i < list.n; i++) {
        if (is_range(r->a, list.v[i]))
            list.v[m->ip_ranges.n++] = list.v[i];
        else
            reader_fault(r, &at, "invalid_ip_address_range", "'%.*s' is no address or range of addresses",
                         STR_FMT(list.v[i]));
    }
}

static void read_interactivity(struct manifest_reader *r, const struct place *settings, struct manifest *m)
{
    struct place at = reader_object(r, settings, "interactivity", "is_enabled request_url message_menu_options_url");
    struct place enabled = reader_at(r, &at, "is_enabled");

    if (at.json && !enabled.json)
        reader_fault(r, &enabled, "missing_required_property", "has to be there");
    m->interactive = reader_flag(r, &at, "is_enabled");
    m->interactivity_url = reader_url(r, &at, "request_url");
    m->options_url = reader_url(r, &at, "message_menu_options_url");
}

void manifest_settings(struct manifest_reader *r, const struct place *root, struct manifest *m)
{
    struct place settings = reader_object(
        r, root, "settings",
        "allowed_ip_address_ranges event_subscriptions incoming_webhooks interactivity org_deploy_enabled "
        "socket_mode_enabled token_rotation_enabled is_hosted function_runtime hermes_app_type siws_links "
        "background_color description long_description");
    struct place events =
        reader_object(r, &settings, "event_subscriptions", "request_url bot_events user_events metadata_subscriptions");
    struct place webhooks = reader_object(r, &settings, "incoming_webhooks", "incoming_webhooks_enabled");
    struct place hosted = reader_at(r, &settings, "is_hosted");

    m->socket_mode = reader_flag(r, &settings, "socket_mode_enabled");
    m->token_rotation = reader_flag(r, &settings, "token_rotation_enabled");
    m->org_deploy = reader_flag(r, &settings, "org_deploy_enabled");
    m->event_url = reader_url(r, &events, "request_url");
    m->bot_events = read_events(r, &events, "bot_events");
    m->user_events = read_events(r, &events, "user_events");
    read_metadata(r, &events);
    reader_flag(r, &webhooks, "incoming_webhooks_enabled");
    read_interactivity(r, &settings, m);
    read_ranges(r, &settings, m);
    if (reader_flag(r, &settings, "is_hosted"))
        reader_hint(r, &hosted, "not_supported", "this server runs no app's code");
}

/* --- what parts say about each other -------------------------------------------------------------------------- */

static bool has_any(const uint64_t *have, const uint64_t *wanted)
{
    uint64_t any = 0, common = 0;

    for (int i = 0; i < SCOPE_WORDS; i++) {
        any |= wanted[i];
        common |= wanted[i] & have[i];
    }
    return !any || common;
}

static void hint_scopes(struct manifest_reader *r, const struct place *at, const struct str_list *events,
                        struct str scopes)
{
    uint64_t have[SCOPE_WORDS];

    scope_parse(scopes, have);
    for (int i = 0; i < events->n; i++) {
        int s = subscription_find(events->v[i]);
        if (s >= 0 && !has_any(have, subscriptions[s].scopes))
            reader_hint(r, at, "missing_scope", "'%.*s' is not heard without a scope that goes with it",
                        STR_FMT(events->v[i]));
    }
}

static void check_events(struct manifest_reader *r, const struct place *settings, const struct manifest *m)
{
    struct place events = reader_at(r, settings, "event_subscriptions");
    struct place bot = reader_at(r, &events, "bot_events"), user = reader_at(r, &events, "user_events");

    if ((m->bot_events.n || m->user_events.n) && !m->event_url.n && !m->socket_mode)
        reader_fault(r, &events, "missing_request_url", "events need a request_url, or socket_mode_enabled");
    hint_scopes(r, &bot, &m->bot_events, m->bot_scopes);
    hint_scopes(r, &user, &m->user_events, m->user_scopes);
}

static bool has_scope(struct str scopes, enum scope s)
{
    uint64_t have[SCOPE_WORDS];

    scope_parse(scopes, have);
    return have[s / 64] >> (s % 64) & 1;
}

static void check_commands(struct manifest_reader *r, const struct place *root, const struct manifest *m)
{
    struct place features = reader_at(r, root, "features"), list = reader_at(r, &features, "slash_commands");
    struct place item = {0};
    int i = 0;

    if ((m->n_commands || m->n_shortcuts) && !has_scope(m->bot_scopes, SCOPE_COMMANDS))
        reader_hint(r, &features, "missing_scope", "commands and shortcuts go with the bot scope 'commands'");
    if (m->socket_mode || !list.json || list.json->kind != JSON_ARRAY)
        return;
    while (reader_next(r, &list, &i, &item)) {
        struct place url = reader_at(r, &item, "url");
        if (item.json->kind == JSON_OBJECT && !url.json)
            reader_fault(r, &url, "missing_required_property", "a command needs a url, or socket_mode_enabled");
    }
}

void manifest_together(struct manifest_reader *r, const struct place *root, const struct manifest *m)
{
    struct place settings = reader_at(r, root, "settings"), interactivity = reader_at(r, &settings, "interactivity");
    bool answers = m->socket_mode || m->interactivity_url.n;

    check_events(r, &settings, m);
    check_commands(r, root, m);
    if (m->interactive && !answers)
        reader_fault(r, &interactivity, "missing_request_url",
                     "interactivity needs a request_url, or socket_mode_enabled");
    if (m->n_shortcuts && !m->interactive)
        reader_hint(r, &interactivity, "missing_interactivity", "shortcuts do nothing until is_enabled is true");
}
