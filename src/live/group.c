#include <stdlib.h>

#include "live/client.h"

enum { FIRST_SEATS = 2 };

struct group *group_find(const struct map *m, int64_t key)
{
    return map_get(m, key);
}

static void *more(void *p, int *cap, size_t bytes_each)
{
    *cap = *cap ? *cap * 2 : FIRST_SEATS;
    p = realloc(p, bytes_each * (size_t)*cap);
    if (!p)
        abort();
    return p;
}

static struct group *group_make(struct map *m, int64_t key)
{
    struct group *g = calloc(1, sizeof(*g));

    if (!g)
        abort();
    g->key = key;
    g->map = m;
    map_put(m, key, g);
    return g;
}

static int find(const struct client *cl, const struct map *m, int64_t key)
{
    for (int i = 0; i < cl->n_in; i++)
        if (cl->in[i].group->key == key && cl->in[i].group->map == m)
            return i;
    return -1;
}

bool group_has(const struct map *m, int64_t key, const struct client *cl)
{
    return find(cl, m, key) >= 0;
}

void group_join(struct map *m, int64_t key, struct client *cl)
{
    struct group *g = group_find(m, key);

    if (key == 0 || (g && group_has(m, key, cl)))
        return;
    if (!g)
        g = group_make(m, key);
    if (g->n == g->cap)
        g->seats = more(g->seats, &g->cap, sizeof(*g->seats));
    if (cl->n_in == cl->cap_in)
        cl->in = more(cl->in, &cl->cap_in, sizeof(*cl->in));
    g->seats[g->n] = (struct seat){cl, cl->n_in};
    cl->in[cl->n_in++] = (struct membership){g, g->n++};
}

static void seat_drop(struct group *g, int at)
{
    g->seats[at] = g->seats[--g->n];
    if (at < g->n)
        g->seats[at].who->in[g->seats[at].at].at = at;
    if (g->n)
        return;
    map_drop(g->map, g->key);
    free(g->seats);
    free(g);
}

static void leave_at(struct client *cl, int i)
{
    struct membership gone = cl->in[i];

    cl->in[i] = cl->in[--cl->n_in];
    if (i < cl->n_in)
        cl->in[i].group->seats[cl->in[i].at].at = i;
    seat_drop(gone.group, gone.at);
}

void group_leave(struct map *m, int64_t key, struct client *cl)
{
    int i = find(cl, m, key);

    if (i >= 0)
        leave_at(cl, i);
}

void group_leave_map(struct map *m, struct client *cl)
{
    for (int i = cl->n_in - 1; i >= 0; i--)
        if (cl->in[i].group->map == m)
            leave_at(cl, i);
}

void group_leave_all(struct client *cl)
{
    while (cl->n_in)
        leave_at(cl, cl->n_in - 1);
    free(cl->in);
    cl->in = NULL;
    cl->cap_in = 0;
}
