/* HTTP requests as API calls, and back. */
#include "base/rand.h"
#include "front/front.h"

struct passage {
    struct api_request api;
    struct http_request *http;
};

static void fill_reply(struct passage *p)
{
    struct api_reply *r = &p->api.reply;
    uint64_t id = rand_u64();

    p->http->reply = (struct http_reply){
        .status = r->status,
        .content_type = S("application/json; charset=utf-8"),
        .headers = arena_printf(
            p->http->arena,
            "X-Slack-Req-Id: %016llx\r\nX-Content-Type-Options: nosniff\r\nCache-Control: private, "
            "no-cache, no-store, must-revalidate\r\nReferrer-Policy: no-referrer\r\nVary: Accept-Encoding\r\n%.*s",
            (unsigned long long)id, STR_FMT(r->headers)),
        .body = r->body,
        .file_fd = -1,
        .release = r->release,
        .release_arg = r->release_arg,
    };
}

static void done(struct api_request *req)
{
    struct passage *p = req->user;

    fill_reply(p);
    http_complete(p->http);
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
        .done = done,
        .user = p,
    };
    if (!api_call(front->api, &p->api))
        return HTTP_LATER;
    fill_reply(p);
    return HTTP_DONE;
}
