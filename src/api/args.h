/* From texts to the argument struct of a method, by its table. */
#ifndef TAUT_API_ARGS_H
#define TAUT_API_ARGS_H

#include "api/input.h"

/* Fills *args (the method's argument struct, in the arena).  Errors: invalid_array_arg for a list where one value
 * belongs, the argument's own codes, or invalid_arguments with a line in response_metadata.messages. */
enum err args_read(struct call *c, const struct input *in, const void **args);

#endif
