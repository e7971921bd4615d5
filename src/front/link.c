/* /link/?ticket=…&app_id=…: where Socket Mode connects, at an address of apps.connections.open. */
#include "base/id.h"
#include "front/front.h"

struct link {
    struct front *front;
    bool short_lived;
};

static void show(struct http_request *req, const struct json *reply, bool ok, void *ctx)
{
    const struct link *link = ctx;
    int64_t app = id_parse_kind(json_get_str(reply, S("app_id")), "A");

    if (!ok || !app)
        front_text(req, 403, S("text/plain; charset=utf-8"), S("this address was used before, or is too old\n"));
    else
        link->front->link(link->front->link_ctx, req, app, link->short_lived);
}

enum http_verdict link_http(struct front *front, struct http_request *req)
{
    struct link *link = ARENA_NEW(req->arena, struct link);
    struct str ticket = front_field(req, req->query, S("ticket"));
    struct buf body = buf_in(req->arena, 1 << 10);
    struct json_out o = {.b = &body};

    *link = (struct link){
        .front = front,
        .short_lived = str_eq(front_field(req, req->query, S("debug_reconnects")), S("true")),
    };
    json_open(&o, S(""), '{');
    json_str(&o, S("ticket"), ticket);
    json_close(&o, '}');
    return page_call(front, req, S("taut.socket.take"), S("application/json; charset=utf-8"), buf_view(&body), S(""),
                     show, link);
}
