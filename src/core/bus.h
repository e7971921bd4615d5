/* Where events go once their call is committed.  The server's live side and the tests implement it.
 *
 * Called in commit order, on the thread that committed.  The events lie in the call's arena: whoever keeps one copies
 * it before returning. */
#ifndef TAUT_CORE_BUS_H
#define TAUT_CORE_BUS_H

#include "core/call.h"

struct bus {
    void *ctx;
    void (*publish)(void *ctx, const struct call *c);
    /* Does anybody hear anything right now?  When not, calls do not even make their events.  NULL: always.  Any thread. */
    bool (*heard)(void *ctx);
};

#endif
