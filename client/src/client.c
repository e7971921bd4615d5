#include <stdlib.h>

#include "own.h"

enum { ARENA_BYTES = 4096, TIMEOUT_MS = 30000, WAITS = 3, WAIT_S = 60, REPLY_BYTES = 64 << 20 };

static void *resize(void *context, void *p, size_t bytes)
{
    (void)context;
    if (bytes)
        return realloc(p, bytes);
    free(p);
    return NULL;
}

/* A copy of the value, or of the first variable of the environment that is set. */
static const char *setting(struct taut *t, const char *value, const char *const *names)
{
    for (; !value && *names; names++)
        value = getenv(*names);
    return arena_cstr(t->arena, str_c(value));
}

static const char *base_url(struct taut *t, const char *value)
{
    static const char *const names[] = {"SLACK_API_URL", NULL};
    struct str url = str_c(setting(t, value, names));

    if (url.n == 0)
        url = S("http://127.0.0.1:8065/api/");
    if (!str_ends(url, S("/")))
        url = ARENA_JOIN(t->arena, url, S("/"));
    return arena_cstr(t->arena, url);
}

static void read_options(struct taut *t, const struct taut_options *o)
{
    static const char *const tokens[] = {"TAUT_TOKEN", "SLACK_TOKEN", "SLACK_BOT_TOKEN", "TAUT_BOT_TOKEN", NULL};
    static const char *const app_tokens[] = {"TAUT_APP_TOKEN", "SLACK_APP_TOKEN", NULL};
    static const char *const ca_files[] = {"SSL_CERT_FILE", NULL};
    struct str agent = S("libtaut/" LIBTAUT_VERSION);

    t->url = base_url(t, o->url);
    t->token = setting(t, o->token, tokens);
    t->app_token = setting(t, o->app_token, app_tokens);
    t->ca_file = setting(t, o->ca_file, ca_files);
    if (o->user_agent)
        agent = ARENA_JOIN(t->arena, str_c(o->user_agent), S(" "), agent);
    t->agent = arena_cstr(t->arena, agent);
    t->options = *o;
    if (!o->timeout_ms)
        t->options.timeout_ms = TIMEOUT_MS;
    if (!o->max_waits)
        t->options.max_waits = WAITS;
    if (!o->max_wait_s)
        t->options.max_wait_s = WAIT_S;
    if (!o->max_reply_bytes)
        t->options.max_reply_bytes = REPLY_BYTES;
}

struct taut *taut_new(const struct taut_options *options)
{
    static const struct taut_options defaults;
    const struct taut_options *o = options ? options : &defaults;
    struct memory m = {resize, NULL};
    struct taut *t;

    if (o->allocator)
        m = (struct memory){o->allocator->resize, o->allocator->context};
    t = m.resize(m.context, NULL, sizeof(*t));
    if (!t)
        return NULL;
    *t = (struct taut){.memory = m};
    failure_clear(t);
    /* Counts its callers, and is safe in threads. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        t->curl = curl_easy_init();
        t->arena = arena_new_from(&t->memory, ARENA_BYTES);
        if (t->arena && t->curl)
            read_options(t, o);
        if (t->arena && t->curl && !arena_failed(t->arena))
            return t;
        curl_easy_cleanup(t->curl);
        curl_global_cleanup();
    }
    arena_free(t->arena);
    m.resize(m.context, t, 0);
    return NULL;
}

void taut_free(struct taut *t)
{
    if (!t)
        return;
    curl_easy_cleanup(t->curl);
    curl_global_cleanup();
    arena_free(t->arena);
    t->memory.resize(t->memory.context, t, 0);
}

const char *taut_url(const struct taut *t)
{
    return t->url;
}

const char *taut_version(void)
{
    return LIBTAUT_VERSION;
}
