/* Whole files. */
#ifndef TAUT_TESTS_RUN_FILE_H
#define TAUT_TESTS_RUN_FILE_H

#include "base/arena.h"

/* False with errno when it could not be read.  The text lies in the arena. */
bool file_read(const char *path, struct arena *a, struct str *text);

#endif
