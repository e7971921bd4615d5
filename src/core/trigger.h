/* trigger_id: what somebody did with an app lets that app open one view or dialog for them, within three seconds. */
#ifndef TAUT_CORE_TRIGGER_H
#define TAUT_CORE_TRIGGER_H

#include "core/call.h"
#include "sql.h"

struct trigger_new {
    int64_t app, user;
    struct str kind; /* the interaction's type; "command" of slash commands */
    int64_t view;    /* the view it was done in; 0: in none */
    int64_t channel; /* 0: in none */
};

/* In c->team.  *id: three parts with dots between, "13345224609.738474920.8088930838d88f008e0…". */
enum err trigger_make(struct call *c, const struct trigger_new *t, struct str *id);

enum trigger_state { TRIGGER_TAKEN, TRIGGER_EXPIRED, TRIGGER_EXCHANGED, TRIGGER_INVALID };

/* Takes one of the calling app, in the workspace of its token, once.  The state says what became of it (each method has
 * its own codes for that); *out is filled when it was taken.  With the call's failure it is not taken. */
enum err trigger_take(struct call *c, struct str id, struct trigger_row *out, enum trigger_state *state);

#endif
