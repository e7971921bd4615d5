/* Events on their way from the call that caused them to who may hear them. */
#include <stdlib.h>

#include "base/id.h"
#include "base/json.h"
#include "events.h"
#include "live/hub_own.h"

struct notice {
    enum event_target target;
    int64_t to;
    const char *type;
    struct ws_frame *frame;
};

/* What one call brought about. */
struct parcel {
    struct ws_task task; /* first: a ws_task * is a parcel * */
    struct hub *hub;
    uint64_t turn; /* 0: none, it may be delivered at once */
    int64_t team;
    uint64_t origin; /* the client whose message it is: it gets an answer instead */
    struct move *moves;
    int n_moves, n;
    struct notice notices[];
};

static struct str text_of(const struct ws_frame *f)
{
    return str_of(f->bytes + f->head_n, f->n - f->head_n);
}

/* --- who may hear it ------------------------------------------------------------------------------------------ */

/* The conversation that an event to the whole workspace is about; 0: none. */
static int64_t about_channel(struct hub *h, const struct notice *n)
{
    const struct json *event, *channel;

    arena_reset(h->scratch);
    event = json_parse(h->scratch, text_of(n->frame), NULL);
    channel = json_get(event, S("channel"));
    if (!channel)
        return 0;
    return id_parse(channel->kind == JSON_OBJECT ? json_get_str(channel, S("id")) : channel->text);
}

static void to_channel(const struct parcel *p, const struct notice *n)
{
    struct group *g = group_find(&p->hub->channels, n->to);
    bool answered = p->origin && strcmp(n->type, "message") == 0;

    for (int i = 0; g && i < g->n; i++)
        if (!answered || (uint64_t)g->seats[i].who->id != p->origin)
            hub_hand(g->seats[i].who, n->frame);
}

static void to_user(const struct parcel *p, const struct notice *n)
{
    struct group *g = group_find(&p->hub->users, n->to);

    for (int i = 0; g && i < g->n; i++)
        if (g->seats[i].who->team == p->team)
            hub_hand(g->seats[i].who, n->frame);
}

/* Guests know only of the conversations they are in. */
static void to_team(const struct parcel *p, const struct notice *n)
{
    struct hub *h = p->hub;
    struct group *g = group_find(&h->teams, n->to);
    int64_t channel = -1;

    for (int i = 0; g && i < g->n; i++) {
        struct client *cl = g->seats[i].who;

        if (cl->guest && channel < 0)
            channel = about_channel(h, n);
        if (!cl->guest || channel == 0 || group_has(&h->channels, channel, cl))
            hub_hand(cl, n->frame);
    }
}

/* Whether a person is active depends on its connections too; those who watch hear what comes out. */
static void set_away(const struct parcel *p, const struct notice *n)
{
    struct hub *h = p->hub;
    struct str presence;

    arena_reset(h->scratch);
    presence = json_get_str(json_parse(h->scratch, text_of(n->frame), NULL), S("presence"));
    if (presence_set_away(h->presence, n->to, str_eq(presence, S("away"))))
        hub_presence_changed(h, n->to);
}

static void deliver(const struct parcel *p, const struct notice *n)
{
    switch (n->target) {
    case TO_CHANNEL:
        to_channel(p, n);
        break;
    case TO_USER:
        to_user(p, n);
        break;
    case TO_TEAM:
        to_team(p, n);
        break;
    case TO_APP: /* apps hear by the outbox */
        break;
    }
    if (strcmp(n->type, "manual_presence_change") == 0)
        set_away(p, n);
}

/* --- who is where --------------------------------------------------------------------------------------------- */

/* Who comes hears of it as a member; who goes, too. */
static void apply_moves(const struct parcel *p, bool in)
{
    struct hub *h = p->hub;

    for (int m = 0; m < p->n_moves; m++) {
        const struct move *move = &p->moves[m];
        struct group *g = group_find(&h->users, move->user);

        for (int i = 0; g && move->in == in && i < g->n; i++) {
            if (g->seats[i].who->team != p->team)
                continue;
            if (in)
                group_join(&h->channels, move->channel, g->seats[i].who);
            else
                group_leave(&h->channels, move->channel, g->seats[i].who);
        }
    }
}

/* --- parcels -------------------------------------------------------------------------------------------------- */

static void parcel_free(struct parcel *p)
{
    for (int i = 0; i < p->n; i++)
        frame_unref(p->notices[i].frame);
    free(p->moves);
    free(p);
}

static void unpack(struct parcel *p)
{
    apply_moves(p, true);
    for (int i = 0; i < p->n; i++)
        deliver(p, &p->notices[i]);
    apply_moves(p, false);
    parcel_free(p);
}

/* Parcels of threads that commit side by side may overtake each other on their way here. */
static void come_in(struct ws_task *t)
{
    struct parcel *p = (struct parcel *)t;
    struct hub *h = p->hub;

    hub_expire(h);
    if (!p->turn) {
        unpack(p);
        return;
    }
    map_put(&h->early, (int64_t)p->turn, p);
    while ((p = map_get(&h->early, (int64_t)h->turn + 1)) != NULL) {
        map_drop(&h->early, (int64_t)++h->turn);
        unpack(p);
    }
}

void parcels_drop(struct hub *h)
{
    for (size_t i = 0; i < h->early.cap; i++)
        if (h->early.slots[i].value)
            parcel_free(h->early.slots[i].value);
    map_free(&h->early);
}

static bool goes_out(const struct event *e)
{
    return event_on_rtm(e->type) && strcmp(e->type, "presence_change") != 0;
}

static void copy_moves(struct parcel *p, const struct call *c)
{
    int n = 0;

    for (const struct move *m = c->moves; m; m = m->next)
        n++;
    if (n == 0)
        return;
    p->moves = calloc((size_t)n, sizeof(*p->moves));
    if (!p->moves)
        abort();
    for (const struct move *m = c->moves; m; m = m->next)
        p->moves[p->n_moves++] = *m;
}

static struct parcel *pack(struct hub *h, const struct call *c)
{
    struct parcel *p;
    size_t n = 0;

    for (const struct event *e = c->events; e; e = e->next)
        n += goes_out(e);
    p = calloc(1, sizeof(*p) + n * sizeof(p->notices[0]));
    if (!p)
        abort();
    *p = (struct parcel){.task.run = come_in, .hub = h, .turn = c->turn, .team = c->team, .origin = c->origin};
    for (const struct event *e = c->events; e; e = e->next)
        if (goes_out(e))
            p->notices[p->n++] = (struct notice){e->target, e->to, e->type, frame_new(WS_TEXT, e->json)};
    copy_moves(p, c);
    return p;
}

void hub_publish(void *hub, const struct call *c)
{
    struct hub *h = hub;
    struct parcel *p;

    if (!hub_heard(h) && !c->turn)
        return;
    p = pack(h, c);
    if ((!p->n && !p->n_moves && !p->turn) || !hub_post(h, &p->task))
        parcel_free(p);
}

uint64_t hub_turn(void *hub)
{
    struct hub *h = hub;

    return hub_heard(h) ? atomic_fetch_add(&h->last_turn, 1) + 1 : 0;
}

/* An empty parcel takes its place. */
void hub_give_back(void *hub, uint64_t turn)
{
    hub_publish(hub, &(struct call){.turn = turn});
}

bool hub_heard(void *hub)
{
    struct hub *h = hub;

    return atomic_load_explicit(&h->n_clients, memory_order_relaxed) > 0;
}
