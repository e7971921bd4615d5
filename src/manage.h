/* What the shell commands share: the database beside a running server, one transaction, and telling the server. */
#ifndef TAUT_MANAGE_H
#define TAUT_MANAGE_H

#include "core/call.h"
#include "server.h"

struct manage {
    struct server server; /* arena, settings, key; nothing of it serves */
    struct call call;     /* the server's own, in the workspace that was meant */
    char **words;         /* behind the verb; the verb itself is what ran */
    int n_words;
    const char *usage;
    char why[256]; /* the sentence of a refusal */
};

/* One verb: `taut user create NAME EMAIL [ROLE]` is {"create", 2, 3, …}. */
struct verb {
    const char *name;
    int min_words, max_words;
    enum err (*run)(struct manage *m);
    const char *words, *doc;
    bool looks; /* it changes nothing, so nobody has to be told */
};

/* Reads settings, finds the verb, opens the database and runs the verb in one transaction; then a running server is
 * told to look at its tokens anew.  Returns the exit code.  verbs ends with a NULL name. */
int manage_run(enum command command, const char *name, const struct verb *verbs, int argc, char **argv);

/* Ends the verb with a sentence: `return manage_refuse(m, "There is no …", …)`. */
enum err manage_refuse(struct manage *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The user of this handle in the workspace meant; refuses when there is none. */
enum err manage_user(struct manage *m, const char *name, int64_t *id);
/* An id as text, in the arena. */
const char *manage_id(struct manage *m, int64_t id);
/* "2026-11-24 09:00" in UTC, or "-" for 0. */
const char *manage_time(struct manage *m, int64_t us);

#endif
