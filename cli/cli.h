/* The words behind `taut` that talk to a server, by libtaut alone. */
#ifndef TAUT_CLI_CLI_H
#define TAUT_CLI_CLI_H

#include <stdbool.h>

/* A word that is not ours, for suggestions and completion.  flags, if there, calls put for each of its flags. */
struct cli_command {
    const char *name, *doc;
    void (*flags)(const char *command, void (*put)(const char *flag, const char *doc));
};

/* Runs what stands behind `taut`; others: the words that are not ours.  Returns the exit code. */
int cli_main(int argc, char **argv, const struct cli_command *others, int n_others);
/* Calls put for each word of ours that help lists. */
void cli_words(void (*put)(const char *name, const char *doc));

#endif
