#include "core/manifest.h"

#include "core/redirect.h"
#include "scope.h" /* generated */

enum { LIST_MAX = 1000, NAME_MAX_CHARS = 35 };

struct reader {
    struct arena *a;
    struct str *why;
};

static bool fault(struct reader *r, const char *place, const char *what)
{
    *r->why = arena_printf(r->a, "%s: %s", place, what);
    return false;
}

/* A list of strings at obj.key; absent is empty. */
static bool read_list(struct reader *r, const struct json *obj, struct str key, const char *place, struct str_list *out)
{
    const struct json *list = json_get(obj, key), *item;

    *out = (struct str_list){0};
    if (!list || list->kind == JSON_NULL)
        return true;
    if (list->kind != JSON_ARRAY || list->count > LIST_MAX)
        return fault(r, place, "has to be a list of texts");
    out->v = ARENA_ARRAY(r->a, struct str, list->count);
    item = json_child(list);
    for (uint32_t i = 0; i < list->count; i++, item = json_next(item)) {
        if (item->kind != JSON_STRING || item->text.n == 0)
            return fault(r, place, "has to be a list of texts");
        out->v[out->n++] = item->text;
    }
    return true;
}

static bool read_scopes(struct reader *r, const struct json *scopes, struct str key, const char *place, struct str *out)
{
    struct str_list list;
    struct buf b = buf_in(r->a, 1 << 16);

    if (!read_list(r, scopes, key, place, &list))
        return false;
    for (int i = 0; i < list.n; i++) {
        if (scope_find(list.v[i]) == SCOPES_N)
            return fault(r, place,
                         arena_cstr(r->a, arena_printf(r->a, "there is no scope '%.*s'", STR_FMT(list.v[i]))));
        if (i)
            buf_char(&b, ',');
        buf_str(&b, list.v[i]);
    }
    *out = buf_view(&b);
    return true;
}

static bool read_url(struct reader *r, const struct json *obj, struct str key, const char *place, struct str *out)
{
    *out = json_get_str(obj, key);
    if (out->n && !redirect_is_url(*out))
        return fault(r, place, "has to be an http:// or https:// address");
    return true;
}

static bool read_flag(const struct json *obj, struct str key)
{
    const struct json *flag = json_get(obj, key);

    return flag && flag->kind == JSON_TRUE;
}

/* A list of objects at obj.key, each with these texts; absent is NULL. */
static bool read_objects(struct reader *r, const struct json *obj, struct str key, const char *place,
                         const struct str *needs, int n_needs, const struct json **out)
{
    const struct json *item;

    *out = json_get(obj, key);
    if (!*out || (*out)->kind == JSON_NULL) {
        *out = NULL;
        return true;
    }
    if ((*out)->kind != JSON_ARRAY || (*out)->count > LIST_MAX)
        return fault(r, place, "has to be a list of objects");
    item = json_child(*out);
    for (uint32_t i = 0; i < (*out)->count; i++, item = json_next(item))
        for (int k = 0; k < n_needs; k++)
            if (json_get_str(item, needs[k]).n == 0)
                return fault(r, place, arena_cstr(r->a, arena_printf(r->a, "each needs a '%.*s'", STR_FMT(needs[k]))));
    return true;
}

static bool read_features(struct reader *r, const struct json *features, struct manifest *m)
{
    static const struct str command[] = {{"command", 7}};
    static const struct str shortcut[] = {{"name", 4}, {"type", 4}, {"callback_id", 11}};
    const struct json *bot = json_get(features, S("bot_user"));

    m->bot_name = json_get_str(bot, S("display_name"));
    return read_objects(r, features, S("slash_commands"), "features.slash_commands", command, 1, &m->commands) &&
           read_objects(r, features, S("shortcuts"), "features.shortcuts", shortcut, 3, &m->shortcuts) &&
           read_list(r, features, S("unfurl_domains"), "features.unfurl_domains", &m->unfurl_domains);
}

static bool read_oauth(struct reader *r, const struct json *oauth, struct manifest *m)
{
    const struct json *scopes = json_get(oauth, S("scopes"));

    if (!read_list(r, oauth, S("redirect_urls"), "oauth_config.redirect_urls", &m->redirect_urls))
        return false;
    for (int i = 0; i < m->redirect_urls.n; i++)
        if (!redirect_is_url(m->redirect_urls.v[i]))
            return fault(r, "oauth_config.redirect_urls", "has to hold http:// or https:// addresses");
    return read_scopes(r, scopes, S("bot"), "oauth_config.scopes.bot", &m->bot_scopes) &&
           read_scopes(r, scopes, S("user"), "oauth_config.scopes.user", &m->user_scopes);
}

static bool read_settings(struct reader *r, const struct json *settings, struct manifest *m)
{
    const struct json *events = json_get(settings, S("event_subscriptions"));
    const struct json *interactivity = json_get(settings, S("interactivity"));

    m->socket_mode = read_flag(settings, S("socket_mode_enabled"));
    m->token_rotation = read_flag(settings, S("token_rotation_enabled"));
    m->org_deploy = read_flag(settings, S("org_deploy_enabled"));
    m->interactive = read_flag(interactivity, S("is_enabled"));
    return read_url(r, events, S("request_url"), "settings.event_subscriptions.request_url", &m->event_url) &&
           read_list(r, events, S("bot_events"), "settings.event_subscriptions.bot_events", &m->bot_events) &&
           read_list(r, events, S("user_events"), "settings.event_subscriptions.user_events", &m->user_events) &&
           read_url(r, interactivity, S("request_url"), "settings.interactivity.request_url", &m->interactivity_url) &&
           read_url(r, interactivity, S("message_menu_options_url"), "settings.interactivity.message_menu_options_url",
                    &m->options_url);
}

bool manifest_read(struct arena *a, struct str text, struct manifest *out, struct str *why)
{
    struct reader r = {a, why};
    const struct json *root, *display;
    size_t at = 0;

    *out = (struct manifest){0};
    if (text.n == 0)
        return true;
    root = json_parse(a, text, &at);
    if (!root || root->kind != JSON_OBJECT) {
        *why = arena_printf(a, "it is no JSON object (byte %zu)", at);
        return false;
    }
    display = json_get(root, S("display_information"));
    out->name = str_trim(json_get_str(display, S("name")));
    out->description = json_get_str(display, S("description"));
    if (out->name.n == 0 || out->name.n > NAME_MAX_CHARS * 4)
        return fault(&r, "display_information.name", "has to be there, with 1 to 35 characters");
    return read_features(&r, json_get(root, S("features")), out) &&
           read_oauth(&r, json_get(root, S("oauth_config")), out) &&
           read_settings(&r, json_get(root, S("settings")), out);
}

static struct str host_of(struct str url)
{
    ptrdiff_t at = str_find(url, S("://"));
    struct str rest = at < 0 ? url : str_skip(url, (size_t)at + 3);
    size_t n = 0;

    while (n < rest.n && !strchr("/?#:", rest.p[n]))
        n++;
    return str_head(rest, n);
}

/* A registered domain covers the hosts below it. */
static bool covers(struct str domain, struct str host)
{
    return str_eq_nocase(host, domain) || (host.n > domain.n && host.p[host.n - domain.n - 1] == '.' &&
                                           str_eq_nocase(str_skip(host, host.n - domain.n), domain));
}

bool manifest_unfurls(const struct str_list *domains, struct str url, struct str *domain)
{
    struct str host = host_of(url);

    for (int i = 0; i < domains->n; i++)
        if (covers(domains->v[i], host)) {
            *domain = domains->v[i];
            return true;
        }
    return false;
}
