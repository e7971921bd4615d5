/* JSON into the structs of <taut/objects.h>, by tables that the generator makes. */
#ifndef TAUT_CLIENT_FILL_H
#define TAUT_CLIENT_FILL_H

#include "base/json.h"

struct taut_json;

enum field_kind { FIELD_TEXT, FIELD_INT, FIELD_BOOL, FIELD_JSON, FIELD_OBJECT, FIELD_TEXTS, FIELD_OBJECTS };

struct shape;

/* One member of a struct, and the key it comes under. */
struct field {
    const char *name;
    uint16_t name_n;
    enum field_kind kind;
    size_t at;    /* in the struct */
    size_t count; /* where a list's length goes */
    const struct shape *shape;
};

struct shape {
    const struct field *fields;
    int n;
    size_t bytes; /* of the struct */
};

static inline const struct taut_json *json_public(const struct json *j)
{
    return (const struct taut_json *)(const void *)j;
}

static inline const struct json *json_own(const struct taut_json *j)
{
    return (const struct json *)(const void *)j;
}

/* Fills a zeroed struct; what is missing becomes "", 0, false or NULL.  Of an object (has_json) the first member is
 * the JSON itself.  Texts and lists lie in the arena or in the JSON; see arena_failed. */
void fill(struct arena *a, const struct shape *s, const struct json *obj, void *out);
/* A struct for obj, its JSON first. */
void *fill_object(struct arena *a, const struct shape *s, const struct json *obj);
/* The number in j, without its fraction; 0 when it is none. */
int64_t fill_int(const struct json *j);

#endif
