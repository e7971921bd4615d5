/* Says something in a channel: post '#general' 'Hello from C' */
#include <stdio.h>
#include <taut/taut.h>

int main(int argc, char **argv)
{
    struct taut *t = taut_new(NULL);
    struct taut_chat_post_message_args message = {.channel = argc > 1 ? argv[1] : "#general",
                                                  .text = argc > 2 ? argv[2] : "Hello from C"};
    struct taut_chat_post_message_reply *reply;
    bool failed;

    if (!t)
        return 1;
    failed = taut_chat_post_message(t, &message, &reply) != TAUT_OK;
    if (failed)
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    else
        printf("%s %s: %s\n", reply->channel, reply->ts, reply->message->text);
    taut_reply_free(reply);
    taut_free(t);
    return failed;
}
