/* /services/B…: the incoming webhooks of a bot, for those who asked for them and for admins. */
#include <time.h>

#include "base/id.h"
#include "front/front.h"
#include "front/html.h"
#include "net/form.h"

struct page {
    struct str path; /* its own */
};

static void refuse(struct http_request *req, const struct page *page, struct str error)
{
    if (signin_first(req, error, page->path))
        return;
    if (str_eq(error, S("bot_not_found")))
        html_say(req, 404, "Not here", S("There is no such bot in your workspace."));
    else if (str_eq(error, S("webhook_not_found")))
        html_say(req, 404, "Not here", S("This webhook is gone already."));
    else
        html_say(req, 400, "This cannot be done", error);
}

static void put_day(struct buf *b, const struct json *seconds)
{
    int64_t s = 0;
    time_t when;
    struct tm tm;
    char text[32];

    if (!seconds || !json_i64(seconds, &s))
        return;
    when = (time_t)s;
    gmtime_r(&when, &tm);
    strftime(text, sizeof(text), "%Y-%m-%d", &tm);
    buf_str(b, str_c(text));
}

static void put_hook(struct buf *b, const struct page *page, const struct json *hook)
{
    struct str channel = json_get_str(hook, S("channel")), user = json_get_str(hook, S("user"));

    buf_str(b, S("<h2>"));
    if (channel.n)
        buf_char(b, '#');
    html_text(b, channel.n ? channel : S("A private channel"));
    buf_str(b, S("</h2><p class=dim>Since "));
    put_day(b, json_get(hook, S("created")));
    if (user.n)
        buf_str(b, S(", asked for by "));
    html_text(b, user);
    buf_str(b, S(".</p><form method=post action=\""));
    html_text(b, page->path);
    buf_str(b, S("\">"));
    html_hidden(b, "webhook", json_get_str(hook, S("id")));
    buf_str(b, S("<button>Remove</button></form>"));
}

static void show_list(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    enum { LIST_MAX_BYTES = 900 << 10 };
    const struct json *hooks = json_get(reply, S("webhooks")), *hook;
    const struct page *page = ctx;
    struct buf b = buf_in(req->arena, LIST_MAX_BYTES);

    if (!ok || !hooks || hooks->kind != JSON_ARRAY) {
        refuse(req, page, json_get_str(reply, S("error")));
        return;
    }
    buf_str(&b, S("<h1>Webhooks of "));
    html_text(&b, json_get_str(reply, S("app_name")));
    buf_str(&b, S(" in "));
    html_text(&b, json_get_str(reply, S("team_name")));
    buf_str(&b, S("</h1>"));
    if (hooks->count == 0)
        buf_str(&b, S("<p>There are none that you look after.</p>"));
    hook = json_child(hooks);
    for (uint32_t i = 0; i < hooks->count; i++, hook = json_next(hook))
        put_hook(&b, page, hook);
    html_reply(req, 200, "Incoming webhooks", buf_view(&b));
}

static void show_removed(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    const struct page *page = ctx;

    if (ok)
        html_go(req, page->path, S(""));
    else
        refuse(req, page, json_get_str(reply, S("error")));
}

enum http_verdict webhooks_http(struct front *front, struct http_request *req, struct str bot)
{
    struct page *page = ARENA_NEW(req->arena, struct page);
    char id[ID_MAX];
    int64_t row = id_parse_kind(bot, "B");
    struct str known = row ? arena_dup(req->arena, str_of(id, id_format(row, id))) : S("");

    page->path = ARENA_JOIN(req->arena, S("/services/"), known);
    if (!str_eq(req->method, S("POST")))
        return page_call(front, req, S("taut.webhook.list"), FORM_TYPE, ARENA_JOIN(req->arena, S("bot="), known),
                         signin_token(req), show_list, page);
    if (signin_foreign(front, req))
        return HTTP_DONE;
    return page_call(
        front, req, S("taut.webhook.remove"), FORM_TYPE,
        ARENA_JOIN(req->arena, S("webhook="), percent_encode(req->arena, front_field(req, req->body, S("webhook")))),
        signin_token(req), show_removed, page);
}
