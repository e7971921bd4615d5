/* Methods as the shell knows them; made from the catalogue. */
#ifndef TAUT_CLI_METHODS_H
#define TAUT_CLI_METHODS_H

#include <stdbool.h>

enum cli_type { CLI_TEXT, CLI_BOOL, CLI_INT, CLI_JSON, CLI_CHANNEL, CLI_USER, CLI_FILE };

struct cli_arg {
    const char *name;
    enum cli_type type;
    bool required;
    const char *values; /* the only possible ones, between blanks; NULL: any */
    const char *doc;
};

struct cli_method {
    const char *name, *summary;
    const struct cli_arg *args;
    int n_args;
    const char *items; /* the key of its list, with a dot before a key inside; "": none */
    bool pages;        /* that comes page by page */
    bool file;         /* it answers with a file */
    const char *scopes, *errors;
};
extern const struct cli_method cli_methods[]; /* sorted by name */
extern const int cli_methods_n;

/* By its name, chat.postMessage, or the words of the shell, chat post-message (and how many of them it took, 1 or 2).
 * NULL: none. */
const struct cli_method *method_find(int n, char **words, int *took);
/* Is it a family: chat? */
bool method_family(const char *name);
/* chat.postMessage as in the shell: "chat post-message".  Valid until the next call. */
const char *method_words(const struct cli_method *m);
/* The argument of this flag ("thread-ts" or "thread_ts"); NULL: none. */
const struct cli_arg *method_arg(const struct cli_method *m, const char *flag);

#endif
