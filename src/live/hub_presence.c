/* Presence, told to those who asked to hear of it. */
#include <stdlib.h>

#include "base/id.h"
#include "base/json.h"
#include "core/put.h"
#include "live/hub_own.h"

enum { FRAME_MAX_BYTES = 1 << 16 };

/* One person's, as "user"; or those of several, as "users", for clients that want them so. */
static struct str presence_json(struct hub *h, const int64_t *users, int n, bool batch, bool active)
{
    struct buf b;
    struct json_out o = {.b = &b};

    arena_reset(h->scratch);
    b = buf_in(h->scratch, FRAME_MAX_BYTES);
    json_open(&o, S(""), '{');
    json_str(&o, S("type"), S("presence_change"));
    json_str(&o, S("presence"), active ? S("active") : S("away"));
    if (batch)
        json_open(&o, S("users"), '[');
    for (int i = 0; i < n; i++)
        put_id(&o, batch ? S("") : S("user"), users[i]);
    if (batch)
        json_close(&o, ']');
    json_close(&o, '}');
    return buf_view(&b);
}

void hub_presence_changed(struct hub *h, int64_t user)
{
    struct group *g = group_find(&h->watched, user);
    bool active = presence_active(h->presence, user);

    for (int i = 0; g && i < g->n; i++) {
        struct client *cl = g->seats[i].who;

        hub_send(cl, presence_json(h, &user, 1, cl->batch_presence, active));
    }
}

static void tell_turned(struct ws_task *t)
{
    struct hub *h = ((struct order *)t)->hub;
    int64_t user;

    while ((user = presence_turned(h->presence)) != 0)
        hub_presence_changed(h, user);
    free(t);
}

void hub_look_at_presence(struct hub *h)
{
    struct order *o;

    if (!atomic_load(&h->n_connected))
        return;
    o = calloc(1, sizeof(*o));
    if (!o)
        abort();
    *o = (struct order){.task.run = tell_turned, .hub = h};
    if (!hub_post(h, &o->task))
        free(o);
}

void hub_acted(void *hub, int64_t user)
{
    struct hub *h = hub;

    if (presence_acted(h->presence, user))
        hub_look_at_presence(h);
}

static void tell_batch(struct client *cl, const int64_t *users, int n, bool active)
{
    int64_t some[LIVE_IDS_MAX];
    int n_some = 0;

    for (int i = 0; i < n; i++)
        if (presence_active(cl->hub->presence, users[i]) == active)
            some[n_some++] = users[i];
    if (n_some)
        hub_send(cl, presence_json(cl->hub, some, n_some, true, active));
}

void hub_tell_presence(struct client *cl, const int64_t *users, int n)
{
    struct hub *h = cl->hub;

    if (cl->batch_presence) {
        tell_batch(cl, users, n, true);
        tell_batch(cl, users, n, false);
        return;
    }
    for (int i = 0; i < n; i++)
        hub_send(cl, presence_json(h, &users[i], 1, false, presence_active(h->presence, users[i])));
}

void hub_watch(struct client *cl, const int64_t *users, int n)
{
    group_leave_map(&cl->hub->watched, cl);
    for (int i = 0; i < n; i++)
        group_join(&cl->hub->watched, users[i], cl);
    hub_tell_presence(cl, users, n);
}

struct live_presence hub_presence(void *hub, int64_t user)
{
    struct hub *h = hub;

    return presence_of(h->presence, user);
}
