/* Where events go.  The server's live side and the tests implement it.
 *
 * publish: once their call is committed, in commit order, on the thread that committed.  The events lie in the call's
 * arena: whoever keeps one copies it before returning.  The outbox: before that, within the call's transaction. */
#ifndef TAUT_CORE_BUS_H
#define TAUT_CORE_BUS_H

#include "core/call.h"

/* What has to be stored together with its cause. */
struct bus_outbox {
    void *ctx;
    bool (*wants)(void *ctx);                           /* does any event matter to it right now?  Any thread */
    enum err (*record)(void *ctx, struct call *c);      /* within the unit of the call, after its handler succeeded */
    void (*committed)(void *ctx, const struct call *c); /* as publish */
};

struct bus {
    void *ctx;
    void (*publish)(void *ctx, const struct call *c);
    /* Does anybody hear anything right now?  When not, calls do not even make their events.  NULL: always.  Any thread.
     */
    bool (*heard)(void *ctx);
    /* On PostgreSQL calls commit on several threads at once.  A call that will publish takes its turn within its
     * transaction, while it holds the rows it wrote: two that write to one conversation take theirs in the order of
     * their commits.  Publishing, or giving the turn back, settles it; events leave in the order of turns.  NULL: no
     * turns. */
    uint64_t (*turn)(void *ctx); /* 0: none is needed */
    void (*give_back)(void *ctx, uint64_t turn);
    struct bus_outbox outbox; /* record NULL: none */
};

static inline bool bus_heard(const struct bus *b)
{
    return (b->publish && (!b->heard || b->heard(b->ctx))) || (b->outbox.record && b->outbox.wants(b->outbox.ctx));
}

static inline enum err bus_record(const struct bus *b, struct call *c)
{
    return c->events && b->outbox.record ? b->outbox.record(b->outbox.ctx, c) : OK;
}

static inline void bus_take_turn(const struct bus *b, struct call *c)
{
    c->turn = b->turn && (c->events || c->moves) ? b->turn(b->ctx) : 0;
}

static inline void bus_give_back(const struct bus *b, struct call *c)
{
    if (c->turn)
        b->give_back(b->ctx, c->turn);
    c->turn = 0;
}

static inline void bus_publish(const struct bus *b, const struct call *c)
{
    if ((c->events || c->moves || c->turn) && b->publish)
        b->publish(b->ctx, c);
    if (c->events && b->outbox.record)
        b->outbox.committed(b->outbox.ctx, c);
}

#endif
