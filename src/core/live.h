/* Who is connected in real time, as the rules see it; the server's live side implements it (src/live). */
#ifndef TAUT_CORE_LIVE_H
#define TAUT_CORE_LIVE_H

#include "core/call.h"

/* What a connection that is about to come asked for. */
struct live_wishes {
    bool batch_presence;
    bool away;         /* the caller has set itself away */
    const int64_t *in; /* conversations of the workspace that the caller is in, n_in of them */
    int n_in;
};

struct live_presence {
    int connections;
    bool idle;              /* connected, but did nothing for ten minutes */
    int64_t last_active_us; /* 0: not since the server started */
};

struct live {
    void *ctx;
    /* A place for a connection of the caller: hears from now on, and keeps for 30 s what it hears.  Who comes with the
     * ticket (in the call's arena) takes it, once. */
    enum err (*open)(void *ctx, struct call *c, const struct live_wishes *wishes, struct str *ticket);
    /* Any thread. */
    struct live_presence (*presence)(void *ctx, int64_t user);
    /* This person has just done something.  Any thread. */
    void (*acted)(void *ctx, int64_t user);
};

#endif
