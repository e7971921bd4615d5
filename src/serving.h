/* What `taut serve`, `taut dev` and `taut demo` have around their work: settings, signals, the sentence that says why
 * not, and the exit code. */
#ifndef TAUT_SERVING_H
#define TAUT_SERVING_H

#include "server.h"

/* The functions get the server that serving_main was given: the first member of whatever the command keeps. */
struct serving {
    enum command command;
    /* Looks at what the settings say; NULL: there is nothing to look at.  False: *why is a sentence. */
    bool (*read)(struct server *s, struct str *why);
    /* All the work, to the end of serving.  False: *why is a sentence. */
    bool (*run)(struct server *s, struct str *why);
    /* Closes what the others opened, as far as they came. */
    void (*close)(struct server *s);
};

/* s is zeroed.  0: done; 1: it could not be done; 2: it was asked for wrongly. */
int serving_main(const struct serving *serving, struct server *s, int argc, char **argv);

#endif
