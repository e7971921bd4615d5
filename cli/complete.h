/* What may stand next, for the shell that asks with COMPLETE_WORD. */
#ifndef TAUT_CLI_COMPLETE_H
#define TAUT_CLI_COMPLETE_H

#include "cli.h"

#define COMPLETE_WORD "__complete"

/* argv: the words behind `taut`, the last one unfinished (it may be empty).  Prints a candidate and what it is, with a
 * tab between, a line. */
int complete_main(int argc, char **argv, const struct cli_command *others, int n_others);

#endif
