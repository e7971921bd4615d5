/* The tables behind <taut/errors.h>. */
#ifndef TAUT_CLIENT_ERRORS_H
#define TAUT_CLIENT_ERRORS_H

struct error_row {
    const char *name, *doc;
};
extern const struct error_row error_own[], error_codes[]; /* the latter sorted by name */
extern const int error_own_n, error_codes_n;

#endif
