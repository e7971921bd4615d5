/* taut(1), made from the tables that the program itself runs by. */
#ifndef TAUT_MANUAL_H
#define TAUT_MANUAL_H

#include "cli/cli.h"

/* What `make` asks the program with. */
#define MANUAL_COMMAND "__manual"

/* The page in roff, to standard output.  commands: those of the server. */
void manual_print(const struct cli_command *commands, int n);

#endif
