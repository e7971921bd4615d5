/* What the files of RTM share. */
#ifndef TAUT_LIVE_RTM_OWN_H
#define TAUT_LIVE_RTM_OWN_H

#include "base/json.h"
#include "live/desk.h"
#include "live/hub.h"
#include "live/rtm.h"

struct rtm {
    struct hub *hub;
    struct api *api;
    int worker;
    struct desk *desk;
    uint64_t generation; /* of tokens, when clients were last looked at; the desk's */
};

/* Numbers of errors in frames.  The first two are documented; the others are this server's. */
enum rtm_error { RTM_EXPIRED = 1, RTM_NO_TEXT = 2, RTM_REFUSED = 3, RTM_NOT_UNDERSTOOD = 4 };

/* {"ok":false,"reply_to":…,"error":{"code":…,"msg":…}}; reply_to 0: none. */
struct str rtm_error_json(struct arena *a, int64_t reply_to, enum rtm_error code, struct str msg);
/* Counts a request that is to wait at the desk.  False: too many of this client's wait, and it has been told so: what
 * waits costs memory. */
bool rtm_may_ask(struct client *cl, struct arena *a, int64_t id);
/* An answer on its way to a client, from any thread; it counts one request of it as done. */
void rtm_answer(struct rtm *r, int64_t client, struct str json);

/* rtm_pace.c: false: the frame comes too soon, and the client has been told so, or is sent away. */
bool rtm_keeps_pace(struct client *cl, struct arena *a, const struct json *frame, int64_t id);
/* rtm_message.c */
void rtm_message(struct client *cl, struct arena *a, const struct json *frame, int64_t id);
/* rtm_presence.c */
void rtm_presence(struct client *cl, struct arena *a, const struct json *frame, int64_t id, bool subscribe);
/* rtm_check.c: now and then: tells of whom time has made away; when tokens or people have changed, sends those away
 * whose token is no longer good. */
void rtm_check(void *rtm);

#endif
