/* Messages that clients send: chat.postMessage with the client's own token, so that the same rules hold. */
#include <stdlib.h>

#include "live/rtm_own.h"

enum { ARENA_BYTES = 1 << 14, BODY_BYTES = 1 << 18 };

/* One message on its way to the API and back.  It lies in its own arena. */
struct errand {
    struct desk_job job; /* first: a desk_job * is an errand * */
    struct api_request req;
    struct rtm *rtm;
    int64_t client, reply_to;
};

static struct str ack(const struct errand *e, const struct json *reply)
{
    const struct json *message = json_get(reply, S("message"));
    struct buf b = buf_in(e->req.arena, BODY_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_bool(&o, S("ok"), true);
    if (e->reply_to)
        json_int(&o, S("reply_to"), e->reply_to);
    json_str(&o, S("ts"), json_get_str(reply, S("ts")));
    json_str(&o, S("text"), json_get_str(message, S("text")));
    json_close(&o, '}');
    return buf_view(&b);
}

static struct str answer_of(const struct errand *e)
{
    const struct json *reply = json_parse(e->req.arena, e->req.reply.body, NULL);
    const struct json *ok = json_get(reply, S("ok"));
    struct str error = json_get_str(reply, S("error"));

    if (ok && ok->kind == JSON_TRUE)
        return ack(e, reply);
    if (str_eq(error, S("no_text")))
        return rtm_error_json(e->req.arena, e->reply_to, RTM_NO_TEXT, S("message text is missing"));
    return rtm_error_json(e->req.arena, e->reply_to, RTM_REFUSED, error);
}

static void done(struct api_request *req)
{
    struct errand *e = req->user;

    rtm_answer(e->rtm, e->client, answer_of(e));
    if (req->reply.release)
        req->reply.release(req->reply.release_arg);
    arena_free(req->arena);
}

static void run(struct desk_job *job)
{
    struct errand *e = (struct errand *)job;

    if (api_call(e->rtm->api, &e->req))
        done(&e->req);
}

/* The fields that a message frame may have, as a JSON body. */
static struct str body_of(struct arena *a, const struct json *frame)
{
    static const struct str names[] = {{"channel", 7}, {"text", 4}, {"thread_ts", 9}};
    struct buf b = buf_in(a, BODY_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const struct json *value = json_get(frame, names[i]);

        if (value)
            json_text(&o, names[i], json_raw(value));
    }
    json_close(&o, '}');
    return buf_view(&b);
}

static struct errand *errand_new(struct rtm *r, const struct client *cl, const struct json *frame, int64_t id)
{
    struct arena *a = arena_new(ARENA_BYTES);
    struct errand *e = ARENA_NEW(a, struct errand);
    struct str origin = arena_dup(a, client_origin(cl));
    bool secure = str_starts(origin, S("https:"));

    origin = str_skip(origin, secure ? 8 : 7);
    *e = (struct errand){.job.run = run, .rtm = r, .client = client_id(cl), .reply_to = id};
    e->req = (struct api_request){
        .arena = a,
        .worker = r->worker,
        .method = S("chat.postMessage"),
        .post = true,
        .content_type = S("application/json; charset=utf-8"),
        .body = body_of(a, frame),
        .has_body = true,
        .authorization = ARENA_JOIN(a, S("Bearer "), client_token(cl)),
        .host = str_head(origin, origin.n - 1),
        .secure = secure,
        .origin = (uint64_t)client_id(cl),
        .done = done,
        .user = e,
    };
    return e;
}

void rtm_message(struct client *cl, struct arena *a, const struct json *frame, int64_t id)
{
    struct rtm *r = hub_owner(client_hub(cl));

    if (rtm_may_ask(cl, a, id))
        desk_submit(r->desk, &errand_new(r, cl, frame, id)->job);
}
