#include "live/presence.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"

#define IDLE_US (600 * US_PER_S)

struct person {
    bool away; /* set by hand */
    bool is_bot;
    bool told; /* active, as far as others know */
    int connections;
    int64_t last_active_us;
};

struct presence {
    pthread_mutex_t lock;
    struct map people; /* who connected, or set itself away or back, since the start */
};

struct presence *presence_new(void)
{
    struct presence *p = calloc(1, sizeof(*p));

    if (!p)
        abort();
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void presence_free(struct presence *p)
{
    for (size_t i = 0; i < p->people.cap; i++)
        free(p->people.slots[i].value);
    map_free(&p->people);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static bool idle(const struct person *who)
{
    return !who->is_bot && clock_now_us() - who->last_active_us >= IDLE_US;
}

static bool active(const struct person *who)
{
    return who && who->connections > 0 && !who->away && !idle(who);
}

/* Is there something to tell? */
static bool turned(struct person *who)
{
    bool was = who->told;

    who->told = active(who);
    return was != who->told;
}

static struct person *person_of(struct presence *p, int64_t user)
{
    struct person *who = map_get(&p->people, user);

    if (who)
        return who;
    who = calloc(1, sizeof(*who));
    if (!who)
        abort();
    map_put(&p->people, user, who);
    return who;
}

bool presence_connected(struct presence *p, int64_t user, bool is_bot, int by)
{
    struct person *who;
    bool changed;

    pthread_mutex_lock(&p->lock);
    who = person_of(p, user);
    who->is_bot = is_bot;
    who->connections += by;
    who->last_active_us = clock_now_us();
    changed = turned(who);
    pthread_mutex_unlock(&p->lock);
    return changed;
}

bool presence_set_away(struct presence *p, int64_t user, bool away)
{
    struct person *who;
    bool changed;

    pthread_mutex_lock(&p->lock);
    who = person_of(p, user);
    who->away = away;
    changed = turned(who);
    pthread_mutex_unlock(&p->lock);
    return changed;
}

bool presence_acted(struct presence *p, int64_t user)
{
    struct person *who;
    bool changed;

    pthread_mutex_lock(&p->lock);
    who = person_of(p, user);
    who->last_active_us = clock_now_us();
    changed = active(who) != who->told;
    pthread_mutex_unlock(&p->lock);
    return changed;
}

int64_t presence_turned(struct presence *p)
{
    int64_t user = 0;

    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->people.cap && !user; i++) {
        struct person *who = p->people.slots[i].value;

        if (who && turned(who))
            user = p->people.slots[i].key;
    }
    pthread_mutex_unlock(&p->lock);
    return user;
}

bool presence_active(struct presence *p, int64_t user)
{
    bool is;

    pthread_mutex_lock(&p->lock);
    is = active(map_get(&p->people, user));
    pthread_mutex_unlock(&p->lock);
    return is;
}

struct live_presence presence_of(struct presence *p, int64_t user)
{
    struct live_presence found = {0};
    const struct person *who;

    pthread_mutex_lock(&p->lock);
    who = map_get(&p->people, user);
    if (who)
        found = (struct live_presence){.connections = who->connections,
                                       .idle = who->connections > 0 && idle(who),
                                       .last_active_us = who->last_active_us};
    pthread_mutex_unlock(&p->lock);
    return found;
}
