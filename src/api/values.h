/* Argument values: from the texts and JSON that clients send to the types of the catalogue (catalogue/README.md). */
#ifndef TAUT_API_VALUES_H
#define TAUT_API_VALUES_H

#include "api/input.h"
#include "core/types.h"

/* Each reads one argument; false when the value is unusable for the type. */

/* true 1 True TRUE, false 0 False FALSE (wire.md: Python sends 1, localslackirc True). */
bool value_bool(const struct input_arg *arg, bool *out);
/* Decimal; also a JSON number, and "3.0". */
bool value_int(const struct input_arg *arg, int64_t *out);
/* "1669852800", "1669852800.0", "1669852800.000000", or a JSON number written so. */
bool value_ts(const struct input_arg *arg, int64_t *us);
/* Text; JSON numbers and booleans as they were written. */
bool value_text(const struct input_arg *arg, struct str *out);
/* A comma list, or a JSON array of strings (in a JSON body, or as text in a form). Pieces are trimmed; empty ones
 * dropped. */
bool value_list(struct arena *a, const struct input_arg *arg, struct str_list *out);
/* JSON text, or the value itself. */
bool value_json(struct arena *a, const struct input_arg *arg, const struct json **out);

/* Nothing was said: no argument, an empty text, or JSON null (which means the default). */
bool value_absent(const struct input_arg *arg);
/* An array or object where one plain value belongs. */
bool value_is_composite(const struct input_arg *arg);

#endif
