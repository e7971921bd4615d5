/* What `taut dev` tells others: the lines of --env and the JSON of --actors. */
#include "base/json.h"
#include "dev.h"

enum { TEXT_MAX_BYTES = 1 << 16 };

/* 'VALUE', for a shell: a quote in it ends the quoting, stands alone, and begins it again. */
static void put_export(struct buf *b, const char *name, struct str value)
{
    buf_printf(b, "export %s='", name);
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\'')
            buf_str(b, S("'\\'"));
        buf_char(b, value.p[i]);
    }
    buf_str(b, S("'\n"));
}

struct str dev_env_text(const struct dev_world *w, struct arena *a, struct str url, int pid)
{
    struct buf b = buf_in(a, TEXT_MAX_BYTES);
    const struct {
        const char *name;
        struct str value;
    } lines[] = {
        {"TAUT_URL", url},
        {"SLACK_API_URL", arena_printf(a, "%.*s/api/", STR_FMT(url))},
        {"TAUT_ADMIN_TOKEN", w->admin_token},
        {"TAUT_BOT_TOKEN", w->bot_token},
        {"TAUT_USER2_TOKEN", w->user2_token},
        {"TAUT_LIMITED_TOKEN", w->limited_token},
        {"TAUT_GUEST_TOKEN", w->guest_token},
        {"TAUT_APP_TOKEN", w->app_token},
        {"TAUT_SIGNING_SECRET", w->signing_secret},
        {"TAUT_CLIENT_ID", w->client_id},
        {"TAUT_CLIENT_SECRET", w->client_secret},
        {"TAUT_VERIFICATION_TOKEN", w->verification_token},
        {"TAUT_WEBHOOK_URL",
         w->webhook_path.n ? arena_printf(a, "%.*s/%.*s", STR_FMT(url), STR_FMT(w->webhook_path)) : S("")},
        {"TAUT_PID", arena_printf(a, "%d", pid)},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        put_export(&b, lines[i].name, lines[i].value);
    return buf_view(&b);
}

struct str dev_actors_text(const struct dev_world *w, struct arena *a)
{
    struct buf b = buf_in(a, TEXT_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_open(&o, S("tokens"), '{');
    for (const struct dev_actor *actor = w->actors; actor; actor = actor->next) {
        json_key_text(&o, actor->kind);
        json_str(&o, S(""), actor->token);
    }
    json_close(&o, '}');
    json_open(&o, S("racers"), '[');
    for (int i = 0; i < w->n_racers; i++)
        json_str(&o, S(""), w->racers[i]);
    json_close(&o, ']');
    json_close(&o, '}');
    buf_char(&b, '\n');
    return buf_view(&b);
}
