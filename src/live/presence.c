#include "live/presence.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"

struct person {
    bool away; /* set by hand */
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

static bool active(const struct person *who)
{
    return who && who->connections > 0 && !who->away;
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

bool presence_connected(struct presence *p, int64_t user, int by)
{
    struct person *who;
    bool before, after;

    pthread_mutex_lock(&p->lock);
    who = person_of(p, user);
    before = active(who);
    who->connections += by;
    who->last_active_us = clock_now_us();
    after = active(who);
    pthread_mutex_unlock(&p->lock);
    return before != after;
}

bool presence_set_away(struct presence *p, int64_t user, bool away)
{
    struct person *who;
    bool before, after;

    pthread_mutex_lock(&p->lock);
    who = person_of(p, user);
    before = active(who);
    who->away = away;
    after = active(who);
    pthread_mutex_unlock(&p->lock);
    return before != after;
}

void presence_acted(struct presence *p, int64_t user)
{
    pthread_mutex_lock(&p->lock);
    person_of(p, user)->last_active_us = clock_now_us();
    pthread_mutex_unlock(&p->lock);
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
        found = (struct live_presence){
            .known = who->last_active_us > 0, .connections = who->connections, .last_active_us = who->last_active_us};
    pthread_mutex_unlock(&p->lock);
    return found;
}
