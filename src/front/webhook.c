/* /services/T…/B…/…: incoming webhooks.  What stands behind /services/ is the webhook's token; the answer is plain
 * text. */
#include "front/front.h"

/* The codes of taut.webhook.post as webhooks tell them; the others are bad requests under their own names. */
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
    {{"ratelimited", 11}, 429, {"rate_limited", 12}},
    {{"internal_error", 14}, 500, {"server_error", 12}},
    {{"service_unavailable", 19}, 503, {"server_error", 12}},
};

static void show(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    struct answer a = {.status = 400, .says = json_get_str(reply, S("error"))};

    (void)ctx;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
        if (str_eq(answers[i].error, a.says)) {
            a = answers[i];
            break;
        }
    if (ok)
        a = (struct answer){.status = 200, .says = S("ok")};
    front_text(req, a.status, S("text/plain; charset=utf-8"), a.says);
    if (a.status == 429)
        req->reply.headers = arena_printf(req->arena, "%.*sRetry-After: 1\r\n", STR_FMT(req->reply.headers));
}

enum http_verdict webhook_http(struct front *front, struct http_request *req, struct str token)
{
    struct str body = req->body;

    /* A body that is no form is JSON, whatever it is called. */
    if (str_starts(body, S("payload=")))
        body = front_field(req, body, S("payload"));
    return page_call(front, req, S("taut.webhook.post"), S("application/json; charset=utf-8"), body, token, show, NULL);
}
