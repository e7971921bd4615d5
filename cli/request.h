/* Calls of the shell: arguments, one call or all pages, and how the answer is printed. */
#ifndef TAUT_CLI_REQUEST_H
#define TAUT_CLI_REQUEST_H

#include "methods.h"
#include "options.h"

enum { PAIRS_MAX = 128 };

struct request {
    struct options options;
    const char *method;
    const struct cli_method *known; /* NULL: the catalogue has no such method */
    struct taut_pair pairs[PAIRS_MAX];
    int n_pairs;
    const char *body; /* JSON instead of pairs */
    const char *part, *path;
    bool raw; /* `taut api`: the answer is printed as JSON anyway */
};

/* Adds name=value; names and values must last.  Returns an exit code. */
int request_add(struct request *r, const char *name, const char *value);
/* Makes the call, or the calls, and prints what comes.  Returns the exit code. */
int request_run(struct request *r);

int api_main(int argc, char **argv);
/* words: a method, by its name or as the shell has it, and its arguments. */
int method_main(const struct cli_method *m, int argc, char **argv);
/* Help of a method; of a family's methods. */
void method_help(const struct cli_method *m);
void family_help(const char *family);

#endif
