/* What the methods about views share. */
#ifndef TAUT_API_VIEWS_H
#define TAUT_API_VIEWS_H

#include "core/view.h"

/* Checks the argument `view`; the struct view_draft becomes c->prepared. */
enum err views_read(struct call *c, const struct json *view);
/* The fault of another argument, with its place as those of views have it: invalid_arguments. */
enum err views_bad_argument(struct call *c, const char *name);

#endif
