#include "live/rtm.h"

#include <stdlib.h>

#include "base/id.h"
#include "live/rtm_own.h"

enum { FRAME_BYTES = 16 << 10, ARENA_BYTES = 1 << 12, PENDING_MAX = 64, UNSUPPORTED_DATA = 1003 };

struct str rtm_error_json(struct arena *a, int64_t reply_to, enum rtm_error code, struct str msg)
{
    struct buf b = buf_in(a, FRAME_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_bool(&o, S("ok"), false);
    if (reply_to)
        json_int(&o, S("reply_to"), reply_to);
    json_open(&o, S("error"), '{');
    json_int(&o, S("code"), code);
    json_str(&o, S("msg"), msg);
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_view(&b);
}

bool rtm_may_ask(struct client *cl, struct arena *a, int64_t id)
{
    if (*client_pending(cl) < PENDING_MAX) {
        ++*client_pending(cl);
        return true;
    }
    hub_send(cl, rtm_error_json(a, id, RTM_REFUSED, S("ratelimited")));
    return false;
}

/* --- answers -------------------------------------------------------------------------------------------------- */

struct answer {
    struct ws_task task; /* first: a ws_task * is an answer * */
    struct hub *hub;
    int64_t client;
    size_t n;
    char json[];
};

static void hand_over(struct ws_task *t)
{
    struct answer *a = (struct answer *)t;
    struct client *cl = hub_client(a->hub, a->client);

    if (cl) {
        --*client_pending(cl);
        hub_send(cl, str_of(a->json, a->n));
    }
    free(a);
}

void rtm_answer(struct rtm *r, int64_t client, struct str json)
{
    struct answer *a = malloc(sizeof(*a) + json.n);

    if (!a)
        abort();
    *a = (struct answer){.task.run = hand_over, .hub = r->hub, .client = client, .n = json.n};
    memcpy(a->json, json.p, json.n);
    if (!hub_post(r->hub, &a->task))
        free(a);
}

/* --- frames --------------------------------------------------------------------------------------------------- */

/* Everything comes back as it was sent. */
static void pong(struct client *cl, struct arena *a, const struct json *frame, int64_t id)
{
    struct buf b = buf_in(a, 2 * FRAME_BYTES);
    struct json_out o = {.b = &b};
    const struct json *at = json_child(frame);

    json_open(&o, S(""), '{');
    json_str(&o, S("type"), S("pong"));
    if (id)
        json_int(&o, S("reply_to"), id);
    for (uint32_t i = 0; i < frame->count; i++) {
        const struct json *key = at, *value = json_next(key);

        at = json_next(value);
        if (str_eq(key->text, S("type")) || str_eq(key->text, S("id")) || str_eq(key->text, S("reply_to")))
            continue;
        json_key_text(&o, key->text);
        json_text(&o, S(""), json_raw(value));
    }
    json_close(&o, '}');
    hub_send(cl, buf_view(&b));
}

static void take(struct client *cl, struct arena *a, struct str text)
{
    const struct json *frame = json_parse(a, text, NULL);
    struct str type = json_get_str(frame, S("type"));
    int64_t id = 0;

    if (!json_i64(json_get(frame, S("id")), &id) || id < 0)
        id = 0;
    if (!rtm_keeps_pace(cl, a, frame, id))
        return;
    if (!frame || frame->kind != JSON_OBJECT)
        hub_send(cl, rtm_error_json(a, 0, RTM_NOT_UNDERSTOOD, S("the frame is no JSON object")));
    else if (str_eq(type, S("message")))
        rtm_message(cl, a, frame, id);
    else if (str_eq(type, S("typing")))
        hub_typing(cl, id_parse(json_get_str(frame, S("channel"))));
    else if (str_eq(type, S("ping")))
        pong(cl, a, frame, id);
    else if (str_eq(type, S("presence_sub")))
        rtm_presence(cl, a, frame, id, true);
    else if (str_eq(type, S("presence_query")))
        rtm_presence(cl, a, frame, id, false);
    else
        hub_send(cl, rtm_error_json(a, id, RTM_NOT_UNDERSTOOD, S("unknown type")));
}

static void opened(struct ws *w, void *user)
{
    hub_connected(user, w);
}

static void said(struct ws *w, void *user, enum ws_opcode kind, struct str payload)
{
    struct arena *a;

    if (kind != WS_TEXT) {
        ws_close(w, UNSUPPORTED_DATA, S("frames are text"));
        return;
    }
    a = arena_new(ARENA_BYTES);
    take(user, a, payload);
    arena_free(a);
}

static void closed(struct ws *w, void *user)
{
    (void)w;
    hub_disconnected(user);
}

static void never(void *user)
{
    hub_dropped(client_hub(user), user);
}

static const struct ws_handler handler = {
    .max_bytes = FRAME_BYTES, .open = opened, .message = said, .closed = closed, .never = never};

/* --- connections ---------------------------------------------------------------------------------------------- */

static void tell_expired(struct ws *w, void *user)
{
    struct ws_frame *f =
        frame_new(WS_TEXT, S("{\"type\":\"error\",\"error\":{\"code\":1,\"msg\":\"Socket URL has expired\"}}"));

    (void)user;
    ws_send(w, f);
    frame_unref(f);
    ws_close(w, WS_NORMAL, S(""));
}

static void ignore_message(struct ws *w, void *user, enum ws_opcode kind, struct str payload)
{
    (void)w;
    (void)user;
    (void)kind;
    (void)payload;
}

static void ignore_closed(struct ws *w, void *user)
{
    (void)w;
    (void)user;
}

static void ignore_never(void *user)
{
    (void)user;
}

static const struct ws_handler expired = {.max_bytes = FRAME_BYTES,
                                          .open = tell_expired,
                                          .message = ignore_message,
                                          .closed = ignore_closed,
                                          .never = ignore_never};

/* The ticket is not taken before all else is found good. */
void rtm_accept(struct rtm *r, struct http_request *req, struct str ticket)
{
    struct client *cl;

    if (!ws_accept(req, &expired, NULL))
        return;
    cl = hub_take(r->hub, ticket);
    if (!cl)
        return;
    req->reply.upgrade = &handler;
    req->reply.upgrade_user = cl;
}

struct rtm *rtm_new(struct api *api, int worker)
{
    struct rtm *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->api = api;
    r->worker = worker;
    r->hub = hub_new(r);
    r->generation = auth_generation();
    r->desk = desk_new(rtm_check, r);
    return r;
}

struct hub *rtm_hub(struct rtm *r)
{
    return r->hub;
}

void rtm_stop(struct rtm *r)
{
    if (!r)
        return;
    desk_free(r->desk);
    r->desk = NULL;
}

void rtm_free(struct rtm *r)
{
    if (!r)
        return;
    hub_free(r->hub);
    free(r);
}
