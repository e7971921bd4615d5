/* Which path is what. */
#include "front/front.h"

#include "base/clock.h"
#include "methods.h"
#include "net/form.h"
#include "openapi.h"
#include "sql.h"

enum { FORM_MAX_BYTES = 16 << 10 }; /* of the pages' own forms */

enum http_verdict front_text(struct http_request *req, int status, struct str content_type, struct str body)
{
    req->reply = (struct http_reply){
        .status = status,
        .content_type = content_type,
        .headers = S("X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"),
        .body = body,
        .file_fd = -1,
    };
    return HTTP_DONE;
}

struct str front_field(struct http_request *req, struct str form, struct str name)
{
    struct form_field *fields;
    int n;

    if (!form_parse(req->arena, form, &fields, &n))
        return S("");
    for (int i = 0; i < n; i++)
        if (str_eq(fields[i].name, name))
            return fields[i].value;
    return S("");
}

static enum http_verdict home(struct http_request *req)
{
    return front_text(req, 200, S("text/html; charset=utf-8"),
                      S("<!doctype html><html lang=en><meta charset=utf-8><title>taut</title>"
                        "<h1>taut</h1><p>A workspace that speaks the Slack Web API, at <code>/api/</code>.\n"));
}

/* A permalink: clients open it by its ids; a browser is told so. */
static enum http_verdict archive(struct http_request *req)
{
    return front_text(req, 200, S("text/html; charset=utf-8"),
                      S("<!doctype html><html lang=en><meta charset=utf-8><title>taut</title>"
                        "<p>This address names a message. Open it in a client of this workspace.\n"));
}

/* Does the database answer? */
static enum http_verdict health(struct front *front, struct http_request *req)
{
    int64_t org;
    bool found;

    if (sql_org_id(front->api->readers[req->worker], req->arena, &org, &found) != OK)
        return front_text(req, 503, S("text/plain; charset=utf-8"), S("the database does not answer\n"));
    return front_text(req, 200, S("text/plain; charset=utf-8"), S("ok\n"));
}

static enum http_verdict not_allowed(struct http_request *req, struct str allow)
{
    front_text(req, 405, S("text/plain; charset=utf-8"), S("method not allowed\n"));
    req->reply.headers = allow;
    return HTTP_DONE;
}

/* Addresses that apps post to. */
static bool is_hook(const struct http_request *req)
{
    return str_starts(req->path, S("/services/")) || str_starts(req->path, S("/actions/"));
}

static enum http_verdict hook(struct front *front, struct http_request *req)
{
    struct str bot = str_starts(req->path, S("/services/B")) ? str_skip(req->path, 10) : S("");

    if (bot.n && str_chr(bot, '/') < 0)
        return webhooks_http(front, req, bot);
    if (!str_eq(req->method, S("POST")))
        return not_allowed(req, S("Allow: POST\r\n"));
    if (str_starts(req->path, S("/actions/")))
        return response_http(front, req, str_skip(req->path, 9));
    return webhook_http(front, req, str_skip(req->path, 10));
}

static enum http_verdict page(struct front *front, struct http_request *req)
{
    enum http_verdict verdict;

    if (str_eq(req->path, S("/signin")))
        return signin_http(front, req);
    if (str_eq(req->path, S("/signout")))
        return signout_http(front, req);
    if (str_eq(req->path, S("/oauth/authorize")))
        return consent_http(front, req, 1);
    if (str_eq(req->path, S("/oauth/v2/authorize")))
        return consent_http(front, req, 2);
    if (is_hook(req))
        return hook(front, req);
    if (str_starts(req->path, S("/upload/v1/")))
        return str_eq(req->method, S("POST")) || str_eq(req->method, S("PUT"))
                   ? upload_http(front, req, str_skip(req->path, 11))
                   : not_allowed(req, S("Allow: POST, PUT\r\n"));
    if (!str_eq(req->method, S("GET")) && !str_eq(req->method, S("HEAD")))
        return not_allowed(req, S("Allow: GET, HEAD\r\n"));
    if (str_eq(req->path, S("/link/")) && front->link)
        return link_http(front, req);
    if (files_http(front, req, &verdict))
        return verdict;
    if (str_eq(req->path, S("/")))
        return home(req);
    if (str_eq(req->path, S("/api/openapi.json")))
        return front_text(req, 200, S("application/json; charset=utf-8"), openapi_json);
    if (str_starts(req->path, S("/websocket/"))) {
        rtm_accept(front->rtm, req, str_skip(req->path, 11));
        return HTTP_DONE;
    }
    if (str_eq(req->path, S("/healthz")))
        return health(front, req);
    if (str_starts(req->path, S("/archives/")))
        return archive(req);
    if (str_starts(req->path, S("/avatars/")))
        return avatar_http(front, req, str_skip(req->path, 9));
    if (str_starts(req->path, S("/emoji/")))
        return emoji_http(front, req, str_skip(req->path, 7));
    return front_text(req, 404, S("text/plain; charset=utf-8"), S("not found\n"));
}

enum http_verdict front_handle(void *ctx, struct http_request *req)
{
    struct front *front = ctx;

    if (!str_starts(req->path, S("/api/")) || str_eq(req->path, S("/api/openapi.json")))
        return page(front, req);
    if (!str_eq(req->method, S("GET")) && !str_eq(req->method, S("POST")))
        return not_allowed(req, S("Allow: GET, POST\r\n"));
    return api_http(front, req, str_skip(req->path, 5));
}

struct str front_bearer(const struct http_request *req)
{
    struct str header = http_header(req, S("Authorization"));
    bool is_bearer = header.n > 7 && str_eq_nocase(str_head(header, 7), S("Bearer "));

    return is_bearer ? str_trim(str_skip(header, 7)) : S("");
}

enum { UNNAMED_FORM_BYTES = 64 << 20 };

/* What a form with files may add.  Who sends it is looked at before a byte of it goes to disk; old clients name
 * themselves in the form alone, and are trusted with less. */
static int64_t files_limit(const struct front *front, const struct http_request *req)
{
    const struct api *api = front->api;
    struct str token = front_bearer(req);
    struct actor who;

    if (!token.n)
        return front->max_file_bytes < UNNAMED_FORM_BYTES ? front->max_file_bytes : UNNAMED_FORM_BYTES;
    return auth_actor(api->actors[req->worker], api->readers[req->worker], req->arena, token, clock_now_us(), &who) ==
                   OK
               ? front->max_file_bytes
               : 0;
}

enum { TEXT_FORM_BYTES = 4 << 20 }; /* a snippet's text, each byte of it perhaps escaped */

/* Forms with files go to disk part by part; anything else is held in memory.  What anybody may call takes no files
 * here: it has an address of its own. */
static int64_t api_limit(const struct front *front, const struct http_request *req)
{
    static const struct str form = {"multipart/form-data", 19};
    const struct method *m = str_starts(req->path, S("/api/")) ? method_find(str_skip(req->path, 5)) : NULL;

    if (!m || !m->takes_files || m->tokens & (1u << TOKEN_NONE))
        return front->max_body_bytes;
    return front->max_body_bytes +
           (str_eq_nocase(str_head(req->content_type, form.n), form) ? files_limit(front, req) : TEXT_FORM_BYTES);
}

int64_t front_body_limit(void *ctx, const struct http_request *req)
{
    struct front *front = ctx;

    if (str_starts(req->path, S("/upload/v1/")))
        return upload_limit(front, req, str_skip(req->path, 11), front->max_body_bytes);
    if (str_starts(req->path, S("/api/")) || is_hook(req))
        return api_limit(front, req);
    return str_eq(req->method, S("POST")) ? FORM_MAX_BYTES : 0;
}
