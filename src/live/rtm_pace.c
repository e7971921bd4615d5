/* How fast clients may send, where callers are held to quotas.  The documentation has one frame a second.  Messages are
 * held to that; other frames have ten times as much, since pings and typing come unasked from clients that do nothing
 * wrong: a ping each few seconds, typing each three seconds for each conversation that a bot answers in. */
#include "api/limit.h"
#include "base/clock.h"
#include "live/rtm_own.h"

enum { IDS_PER_FRAME = 25, POLICY = 1008 };

static const struct pace messages = {60, 10}, others = {600, 300}, refusals = {60, 10};

/* As many frames as this one is worth: each person of presence_sub and presence_query is looked up. */
static int cost_of(const struct json *frame)
{
    const struct json *ids = json_get(frame, S("ids"));
    uint32_t n = ids && ids->kind == JSON_ARRAY ? ids->count : 0;

    return 1 + (int)(n < LIVE_IDS_MAX ? n : LIVE_IDS_MAX) / IDS_PER_FRAME;
}

static bool in_time(struct client_pace *pace, const struct json *frame, int64_t now_us)
{
    int wait_s;

    if (str_eq(json_get_str(frame, S("type")), S("message")))
        return bucket_take(&pace->messages, &messages, 1, now_us, &wait_s);
    return bucket_take(&pace->others, &others, cost_of(frame), now_us, &wait_s);
}

/* Time is the machine's, as for calls: clients wait by their own clocks, also where a test stopped this one. */
bool rtm_keeps_pace(struct client *cl, struct arena *a, const struct json *frame, int64_t id)
{
    const struct rtm *r = hub_owner(client_hub(cl));
    struct client_pace *pace = client_pace(cl);
    int64_t now_us = clock_mono_us();
    int wait_s;

    if (!r->api->limiter || in_time(pace, frame, now_us))
        return true;
    hub_send(cl, rtm_error_json(a, id, RTM_REFUSED, S("ratelimited")));
    if (!bucket_take(&pace->refusals, &refusals, 1, now_us, &wait_s) && client_ws(cl))
        ws_close(client_ws(cl), POLICY, S("too many frames"));
    return false;
}
