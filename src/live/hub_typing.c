/* Who types, told to the others in the conversation: once in three seconds, however often the client says so. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "core/put.h"
#include "live/hub_own.h"

enum { FRAME_MAX_BYTES = 1 << 10, CONVERSATIONS = 32, EVERY_US = 3000000 };

/* Where it typed, and when: as many conversations as one can type in within three seconds. */
struct typed {
    int64_t channel, at_us;
};

/* False when it was told of this conversation just now, or of as many others as are remembered. */
static bool is_news(struct client *cl, int64_t channel, int64_t now_us)
{
    struct typed *place = NULL;

    if (!cl->typed)
        cl->typed = calloc(CONVERSATIONS, sizeof(*cl->typed));
    if (!cl->typed)
        abort();
    for (int i = 0; i < CONVERSATIONS; i++) {
        struct typed *t = &cl->typed[i];
        bool fresh = t->channel && now_us - t->at_us < EVERY_US;

        if (fresh && t->channel == channel)
            return false;
        if (!fresh)
            place = t;
    }
    if (place)
        *place = (struct typed){channel, now_us};
    return place != NULL;
}

static struct str typing_json(struct hub *h, const struct client *cl, int64_t channel)
{
    struct buf b;
    struct json_out o = {.b = &b};

    arena_reset(h->scratch);
    b = buf_in(h->scratch, FRAME_MAX_BYTES);
    json_open(&o, S(""), '{');
    json_str(&o, S("type"), S("user_typing"));
    put_id(&o, S("channel"), channel);
    put_id(&o, S("user"), cl->user);
    json_close(&o, '}');
    return buf_view(&b);
}

void hub_typing(struct client *cl, int64_t channel)
{
    struct hub *h = cl->hub;
    struct group *g = group_find(&h->channels, channel);
    struct ws_frame *f;

    if (!g || !group_has(&h->channels, channel, cl) || !is_news(cl, channel, clock_mono_us()))
        return;
    hub_acted(h, cl->user);
    f = frame_new(WS_TEXT, typing_json(h, cl, channel));
    for (int i = 0; i < g->n; i++)
        if (g->seats[i].who->user != cl->user && g->seats[i].who->ws)
            hub_hand(g->seats[i].who, f);
    frame_unref(f);
}
