/* Asking an app: what somebody did with it goes there once the call is committed, and the call is answered when the
 * app has said what comes of it, or has not for three seconds.
 *
 * A handler of a method with "asks" in its catalogue entry leaves a struct app_ask in the call.  After the commit the
 * dispatcher hands it to the asker (the server's live side implements it, src/live/interact.h); what the app answered
 * goes to NAME_answer(call, args, answer), in a second transaction.  Nobody waits meanwhile, and nothing is sent twice:
 * who asked gets to know that it failed. */
#ifndef TAUT_CORE_ASK_H
#define TAUT_CORE_ASK_H

#include "core/call.h"

enum ask_form {
    ASK_COMMAND,     /* slash_commands: each member of the payload is a field of a form */
    ASK_INTERACTION, /* interactive: one field, payload */
};

enum app_outcome {
    APP_ANSWERED, /* an acknowledgement of Socket Mode counts as 200 */
    APP_LATE,     /* not within three seconds */
    APP_AWAY,     /* there was nobody to ask, or no way there */
};

struct app_answer {
    enum app_outcome outcome;
    int status;
    struct str body;    /* of a 2xx: text or JSON; of Socket Mode the JSON of `payload`, empty without one */
    struct str trouble; /* of the others: why, a word for people; never empty */
};

struct app_ask {
    int64_t app;
    enum ask_form form;
    bool socket;                                   /* through Socket Mode, else to url */
    struct str url;                                /* empty: there is none */
    struct str signing_secret, verification_token; /* sealed, as struct app_row has them */
    struct str payload;                            /* a JSON object without `token`, which is added when it is sent */
    /* The dispatcher's: answer is valid until done returns; any thread. */
    void (*done)(struct app_ask *ask, const struct app_answer *answer);
    void *flight;
};

struct asker {
    void *ctx;
    /* False: there is nobody to ask, and done will not be called.  ask stays the caller's until done was. */
    bool (*ask)(void *ctx, struct app_ask *ask);
};

#endif
