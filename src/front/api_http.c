/* HTTP requests as API calls, and back. */
#include "base/rand.h"
#include "front/front.h"
#include "net/download.h"

struct passage {
    struct api_request api;
    struct http_request *http;
    page_show *show; /* NULL: the reply goes out as it is */
    void *ctx;
};

/* The name of this reply in logs. */
static struct str request_id(struct arena *a)
{
    char *text = arena_bytes(a, 16);
    uint64_t id = rand_name();

    for (int i = 0; i < 16; i++, id >>= 4)
        text[i] = "0123456789abcdef"[id & 15];
    return str_of(text, 16);
}

static void fill_file(struct passage *p)
{
    const struct api_reply *r = &p->api.reply;
    struct http_reply *out = &p->http->reply;

    out->content_type = r->content_type;
    out->headers = ARENA_JOIN(
        p->http->arena, download_disposition(p->http->arena, "attachment", r->file->name, r->file->name), out->headers);
    out->file_fd = r->file->fd;
    out->file_bytes = r->file->bytes;
}

static void fill_reply(struct passage *p)
{
    struct api_reply *r = &p->api.reply;

    p->http->reply = (struct http_reply){
        .status = r->status,
        .content_type = S("application/json; charset=utf-8"),
        .headers = ARENA_JOIN(p->http->arena, S("X-Slack-Req-Id: "), request_id(p->http->arena),
                              S("\r\nX-Content-Type-Options: nosniff\r\nCache-Control: private, no-cache, no-store, "
                                "must-revalidate\r\nReferrer-Policy: no-referrer\r\n"),
                              r->headers),
        .body = r->body,
        .file_fd = -1,
        .release = r->release,
        .release_arg = r->release_arg,
    };
    if (r->file)
        fill_file(p);
}

/* The page is made of the reply's JSON, which may then be let go. */
static void show_page(struct passage *p)
{
    struct api_reply *r = &p->api.reply;
    const struct json *reply = json_parse(p->http->arena, arena_dup(p->http->arena, r->body), NULL);
    const struct json *ok = json_get(reply, S("ok"));

    p->show(p->http, reply, ok && ok->kind == JSON_TRUE, p->ctx);
    if (r->release)
        r->release(r->release_arg);
}

static void finish(struct passage *p)
{
    if (p->show)
        show_page(p);
    else
        fill_reply(p);
}

static void done(struct api_request *req)
{
    struct passage *p = req->user;

    finish(p);
    http_complete(p->http);
}

static enum http_verdict start(struct front *front, struct passage *p)
{
    p->api.done = done;
    p->api.user = p;
    if (!api_call(front->api, &p->api))
        return HTTP_LATER;
    finish(p);
    return HTTP_DONE;
}

enum http_verdict page_call(struct front *front, struct http_request *req, struct str method, struct str type,
                            struct str args, struct str token, page_show *show, void *ctx)
{
    struct passage *p = ARENA_NEW(req->arena, struct passage);

    p->http = req;
    p->show = show;
    p->ctx = ctx;
    p->api = (struct api_request){
        .arena = req->arena,
        .worker = req->worker,
        .method = method,
        .post = true,
        .content_type = type,
        .body = args,
        .has_body = args.n > 0,
        .authorization = token.n ? arena_printf(req->arena, "Bearer %.*s", STR_FMT(token)) : S(""),
        .remote_addr = req->remote_addr,
        .user_agent = http_header(req, S("User-Agent")),
        .host = req->host,
        .secure = req->secure,
    };
    return start(front, p);
}

enum http_verdict page_upload(struct front *front, struct http_request *req, struct str method, struct str query,
                              const struct http_part *parts, int n_parts, page_show *show)
{
    struct passage *p = ARENA_NEW(req->arena, struct passage);

    p->http = req;
    p->show = show;
    p->api = (struct api_request){
        .arena = req->arena,
        .worker = req->worker,
        .method = method,
        .post = true,
        .query = query,
        .content_type = S("multipart/form-data"),
        .has_body = true,
        .body_cut = req->body_cut,
        .is_multipart = true,
        .multipart_bad = req->multipart_bad,
        .parts = parts,
        .n_parts = n_parts,
        .remote_addr = req->remote_addr,
        .user_agent = http_header(req, S("User-Agent")),
        .host = req->host,
        .secure = req->secure,
    };
    return start(front, p);
}

enum http_verdict api_http(struct front *front, struct http_request *req, struct str method)
{
    struct passage *p = ARENA_NEW(req->arena, struct passage);

    p->http = req;
    p->api = (struct api_request){
        .arena = req->arena,
        .worker = req->worker,
        .method = method,
        .post = str_eq(req->method, S("POST")),
        .query = req->query,
        .content_type = req->content_type,
        .body = req->body,
        .authorization = http_header(req, S("Authorization")),
        .has_body = req->has_body,
        .body_cut = req->body_cut,
        .is_multipart = req->is_multipart,
        .multipart_bad = req->multipart_bad,
        .parts = req->parts,
        .n_parts = req->n_parts,
        .remote_addr = req->remote_addr,
        .user_agent = http_header(req, S("User-Agent")),
        .host = req->host,
        .secure = req->secure,
    };
    return start(front, p);
}
