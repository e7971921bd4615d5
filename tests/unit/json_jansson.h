/* What jansson says of a document; apart from our reader, because both use the same names. */
#ifndef TAUT_TESTS_JSON_JANSSON_H
#define TAUT_TESTS_JSON_JANSSON_H

#include <stdbool.h>
#include <stddef.h>

bool jansson_takes(const char *text, size_t n);
bool jansson_same(const char *a, size_t na, const char *b, size_t nb);

#endif
