/* Flags that all commands of cli/ have. */
#ifndef TAUT_CLI_OPTIONS_H
#define TAUT_CLI_OPTIONS_H

#include <taut/taut.h>

struct options {
    const char *api_url, *token_file;
    const char *fields; /* columns, between commas */
    int timeout_s;      /* 0: the library's */
    bool json, plain;   /* how to print */
    bool all_pages, quiet, help;
};

/* Takes argv[*i] (and its value, moving *i) when it is such a flag.  1: taken; 0: not one of these; -1: its value is
 * missing or wrong, which has been said. */
int options_take(struct options *o, int argc, char **argv, int *i);
/* A client; NULL: it has been said why there is none. */
struct taut *options_client(const struct options *o);
/* The lines of help about them. */
void options_help(void);
/* Offers each, "--json", for suggestions and completion. */
void options_each(void (*put)(void *context, const char *flag, const char *doc), void *context);

/* The value of "--name=value" or of "--name value"; NULL when argv[*i] is not this flag or its value is missing
 * (*missing). */
const char *flag_value(const char *name, int argc, char **argv, int *i, bool *missing);

#endif
