/* Events as they happen, over RTM or Socket Mode:
 *
 *     struct taut_live *live;
 *     const struct taut_event *e;
 *     if (taut_live_socket_mode(t, &live))            // or taut_live_rtm
 *         return fail(t);
 *     while (taut_live_next(live, -1, &e) == TAUT_OK)
 *         puts(e->type);
 *
 * In a program with a loop of its own: wait until taut_live_fd is readable, then call taut_live_next with a timeout of
 * 0 until it gives no event.
 *
 * A connection that breaks, or that the server wants moved, is made anew inside taut_live_next, which may take as long
 * as a call does. */
#ifndef TAUT_LIVE_H
#define TAUT_LIVE_H

#include <taut/client.h>

#ifdef __cplusplus
extern "C" {
#endif

struct taut_live;

/* One event, or what else the server sent.  Valid until the next call of taut_live_next. */
struct taut_event {
    /* "message", "reaction_added", …; "hello" for each connection that was made; of Socket Mode also "slash_commands"
     * and "interactive"; "" for the server's answer to what was sent over RTM (reply_to). */
    const char *type;
    const char *subtype;
    const char *channel, *user, *text, *ts; /* where the event has them; else empty */
    int64_t reply_to;                       /* the number that taut_live_say gave, in the server's answer */
    bool after_gap;                         /* of a hello: a connection was lost, and events may be missing */
    bool wants_answer;                      /* taut_live_answer's payload will be looked at */
    const struct taut_json *json;           /* the event; of slash_commands and interactive: the payload */
    const struct taut_json *whole;          /* all that was sent: of Socket Mode the envelope */
};

/* Both connect, with the client's token and app_token.  The client must outlive the connection, and belongs to the same
 * thread. */
enum taut_error taut_live_rtm(struct taut *t, struct taut_live **live);
enum taut_error taut_live_socket_mode(struct taut *t, struct taut_live **live);
void taut_live_close(struct taut_live *live);

/* Readable when there is something to do in taut_live_next: an event, or work without one.  Stays the same over all
 * connections.  For poll, select and epoll; not to be read. */
int taut_live_fd(const struct taut_live *live);
/* Waits for an event up to timeout_ms (-1: as long as it takes; 0: not at all).  *event is NULL when none came in time.
 * Failures are those that another try does not cure, such as a token that was revoked.
 * An envelope of Socket Mode that taut_live_answer did not answer is acknowledged by the next call, or by
 * taut_live_close: the server sends it again if the program ends before. */
enum taut_error taut_live_next(struct taut_live *live, int timeout_ms, const struct taut_event **event);

/* Socket Mode: answers the envelope of the event at hand.  payload: a JSON object, or NULL. */
enum taut_error taut_live_answer(struct taut_live *live, const char *payload);
/* RTM: says text in a channel.  The server's answer comes as an event with this reply_to.  thread_ts, id: or NULL. */
enum taut_error taut_live_say(struct taut_live *live, const char *channel, const char *text, const char *thread_ts,
                              int64_t *id);
/* Sends a JSON text as it is: {"type":"typing","channel":"C1"} over RTM. */
enum taut_error taut_live_send(struct taut_live *live, const char *json);

/* A message event as a struct; NULL when it is another event, or there is no memory. */
const struct taut_message *taut_event_message(const struct taut_event *event);

#ifdef __cplusplus
}
#endif

#endif
