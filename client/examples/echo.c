/* A bot that repeats what is said where it is: echo [socket|rtm] [N]
 *
 * Over Socket Mode, with an app's token, or over RTM.  After N messages it ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taut/taut.h>

/* Who this token is; "" when the server does not say. */
static void who_am_i(struct taut *t, char id[32])
{
    struct taut_auth_test_reply *me;

    id[0] = '\0';
    if (taut_auth_test(t, NULL, &me) == TAUT_OK)
        snprintf(id, 32, "%s", me->user_id);
    taut_reply_free(me);
}

static enum taut_error answer(struct taut *t, const struct taut_message *said, const char *channel)
{
    struct taut_chat_post_message_args args = {.channel = channel, .text = said->text, .thread_ts = said->thread_ts};

    if (!*said->thread_ts)
        args.thread_ts = NULL;
    return taut_chat_post_message(t, &args, NULL);
}

static enum taut_error run(struct taut *t, struct taut_live *live, int left)
{
    const struct taut_event *e;
    enum taut_error failed = TAUT_OK;
    char me[32];

    who_am_i(t, me);
    while (left && !failed) {
        const struct taut_message *said;
        failed = taut_live_next(live, -1, &e);
        said = failed ? NULL : taut_event_message(e);
        if (!failed && strcmp(e->type, "hello") == 0) {
            puts(e->after_gap ? "connected again" : "connected");
            fflush(stdout);
        }
        if (said && !*said->subtype && *said->user && strcmp(said->user, me) != 0) {
            failed = answer(t, said, e->channel);
            left--;
        }
    }
    return failed;
}

int main(int argc, char **argv)
{
    struct taut *t = taut_new(NULL);
    struct taut_live *live = NULL;
    bool rtm = argc > 1 && strcmp(argv[1], "rtm") == 0;
    enum taut_error e;

    if (!t)
        return 1;
    e = rtm ? taut_live_rtm(t, &live) : taut_live_socket_mode(t, &live);
    if (!e)
        e = run(t, live, argc > 2 ? atoi(argv[2]) : -1);
    if (e)
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    taut_live_close(live);
    taut_free(t);
    return e != TAUT_OK;
}
