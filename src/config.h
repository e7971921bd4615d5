/* Settings: from flags, TAUT_* environment, a config file and defaults, in this order of precedence. */
#ifndef TAUT_CONFIG_H
#define TAUT_CONFIG_H

#include "base/arena.h"
#include "base/log.h"
#include "settings.h"

/* Reads all settings of a command.  argv holds what stands behind the command's name.  *rest and *n_rest are the words
 * that are no flags.  False: *why says what is wrong, where, and what to do.  Texts lie in the arena.  With --help it
 * tells how the command is used, and the program ends. */
bool config_read(struct arena *a, enum command command, int argc, char **argv, struct settings *out, char ***rest,
                 int *n_rest, struct str *why);

/* Was the setting given (by flag, environment or file), or is it the default? */
bool config_given(const char *name);

/* Help of one command's settings, to standard output. */
void config_help(enum command command);

/* The setting log_level. */
enum log_level config_log_level(const struct settings *s);

#endif
