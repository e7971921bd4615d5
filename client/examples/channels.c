/* Lists the channels, over all pages, with how many people are in each. */
#include <inttypes.h>
#include <stdio.h>
#include <taut/taut.h>

int main(void)
{
    struct taut *t = taut_new(NULL);
    struct taut_conversations_list_args args = {.types = "public_channel,private_channel", .limit = 200};
    struct taut_list *list;
    const struct taut_conversation *c;
    enum taut_error e;

    if (!t)
        return 1;
    list = taut_conversations_list_all(t, &args);
    while ((c = taut_conversations_list_next(list)))
        printf("%-12s %-24s %4" PRId64 " people\n", c->id, c->name, c->num_members);
    e = taut_list_end(list);
    if (e)
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    taut_free(t);
    return e != TAUT_OK;
}
