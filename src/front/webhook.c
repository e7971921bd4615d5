/* Addresses whose path is a secret that lets its holder post.
 *
 * /services/T…/B…/…: incoming webhooks, which answer plain text.
 * /actions/T…/A…/…: response_urls, which answer JSON. */
#include "front/front.h"

/* The codes of their methods as they tell them; the others are bad requests under their own names. */
static const struct answer {
    struct str error;
    int status;
    struct str says;
} answers[] = {
    {{"invalid_auth", 12}, 403, {"invalid_token", 13}},
    {{"not_authed", 10}, 403, {"invalid_token", 13}},
    {{"not_allowed_token_type", 22}, 403, {"invalid_token", 13}},
    {{"missing_scope", 13}, 403, {"invalid_token", 13}},
    {{"token_revoked", 13}, 404, {"no_service", 10}},
    {{"account_inactive", 16}, 404, {"no_service", 10}},
    {{"channel_not_found", 17}, 404, {"channel_not_found", 17}},
    {{"is_archived", 11}, 410, {"channel_is_archived", 19}},
    {{"invalid_json", 12}, 400, {"invalid_payload", 15}},
    {{"json_not_object", 15}, 400, {"invalid_payload", 15}},
    {{"expired_url", 11}, 404, {"expired_url", 11}},
    {{"used_url", 8}, 404, {"used_url", 8}},
    {{"message_not_found", 17}, 404, {"message_not_found", 17}},
    {{"ratelimited", 11}, 429, {"rate_limited", 12}},
    {{"internal_error", 14}, 500, {"server_error", 12}},
    {{"service_unavailable", 19}, 503, {"server_error", 12}},
};

static struct answer answer_of(const struct json *reply, bool ok)
{
    struct answer a = {.status = 400, .says = json_get_str(reply, S("error"))};

    if (ok)
        return (struct answer){.status = 200, .says = S("ok")};
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
        if (str_eq(answers[i].error, a.says))
            return answers[i];
    return a;
}

static void answer_with(struct http_request *req, const struct answer *a, struct str type, struct str body)
{
    front_text(req, a->status, type, body);
    if (a->status == 429)
        req->reply.headers = arena_printf(req->arena, "%.*sRetry-After: 1\r\n", STR_FMT(req->reply.headers));
}

static void show_text(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    struct answer a = answer_of(reply, ok);

    (void)ctx;
    answer_with(req, &a, S("text/plain; charset=utf-8"), a.says);
}

static void show_json(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    struct answer a = answer_of(reply, ok);

    (void)ctx;
    answer_with(req, &a, S("application/json; charset=utf-8"),
                ok ? S("{\"ok\":true}") : ARENA_JOIN(req->arena, S("{\"ok\":false,\"error\":\""), a.says, S("\"}")));
}

static enum http_verdict hook_http(struct front *front, struct http_request *req, struct str method, struct str token,
                                   page_show *show)
{
    struct str body = req->body;

    /* A body that is no form is JSON, whatever it is called. */
    if (str_starts(body, S("payload=")))
        body = front_field(req, body, S("payload"));
    return page_call(front, req, method, S("application/json; charset=utf-8"), body, token, show, NULL);
}

enum http_verdict webhook_http(struct front *front, struct http_request *req, struct str token)
{
    return hook_http(front, req, S("taut.webhook.post"), token, show_text);
}

enum http_verdict response_http(struct front *front, struct http_request *req, struct str token)
{
    return hook_http(front, req, S("taut.response.post"), token, show_json);
}
