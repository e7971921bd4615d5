/* JSON that came in replies and events.  All functions take NULL, as what is missing.  Values live as long as what they
 * came in. */
#ifndef TAUT_JSON_H
#define TAUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct taut_json;

enum taut_json_kind {
    TAUT_JSON_NULL, /* and what is missing */
    TAUT_JSON_FALSE,
    TAUT_JSON_TRUE,
    TAUT_JSON_NUMBER,
    TAUT_JSON_STRING,
    TAUT_JSON_ARRAY,
    TAUT_JSON_OBJECT
};

enum taut_json_kind taut_json_kind(const struct taut_json *j);
/* The object's member; NULL when there is none, or j is no object. */
const struct taut_json *taut_json_get(const struct taut_json *j, const char *key);
/* A string's text in UTF-8; "" of all else. */
const char *taut_json_text(const struct taut_json *j);
/* A number without its fraction, or one that stands in a string; 0 of all else. */
int64_t taut_json_int(const struct taut_json *j);
bool taut_json_bool(const struct taut_json *j);
/* The value as it came, *n bytes without a NUL; "null" of what is missing. */
const char *taut_json_raw(const struct taut_json *j, size_t *n);

/* The members of an object or array:
 *
 *     struct taut_json_each e = {0};
 *     while (taut_json_each(emoji, &e))
 *         printf("%s %s\n", e.key, taut_json_text(e.value)); */
struct taut_json_each {
    const char *key; /* "" in arrays */
    const struct taut_json *value;
    uint32_t i; /* of this member, from 1 */
};
bool taut_json_each(const struct taut_json *j, struct taut_json_each *each);
/* Members of an object, elements of an array; 0 of all else. */
uint32_t taut_json_count(const struct taut_json *j);

#ifdef __cplusplus
}
#endif

#endif
