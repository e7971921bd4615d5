/* JSON (RFC 8259): a strict reader into a flat array, and a writer into a buf.
 *
 * The reader rejects what the RFC rejects and also: invalid UTF-8, lone surrogate
 * escapes, U+0000, duplicate keys, nesting deeper than JSON_DEPTH.  Strings are
 * decoded; nodes and decoded text live in the arena (or point into the text, when
 * it held no escapes, so the text must outlive them). */
#ifndef TAUT_BASE_JSON_H
#define TAUT_BASE_JSON_H

#include "base/buf.h"

enum { JSON_DEPTH = 64 };

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One value.  Nodes stand in document order: the children of an array follow it; the children of an
 * object follow it as key, value, key, value.  `span` is the number of nodes of the whole subtree,
 * itself included, so node + span is the next sibling. */
struct json {
    enum json_kind kind;
    uint32_t count; /* array: elements; object: members */
    uint32_t span;
    struct str text; /* string: decoded; others: as written */
    struct str raw;  /* the source text, a string's quotes included */
};

/* Parses all of text.  NULL when it is not valid; then *at (if not NULL) is the byte offset of the fault. */
const struct json *json_parse(struct arena *a, struct str text, size_t *at);
/* The same of what others wrote, as far as it has a meaning: a lone surrogate or U+0000 is U+FFFD, and of members with
 * one key the first is found.  Strings end in NUL. */
const struct json *json_parse_lenient(struct arena *a, struct str text, size_t *at);

/* The member's value, or NULL when obj is NULL, no object, or has no such key. */
const struct json *json_get(const struct json *obj, struct str key);
/* Text of a string member; empty when absent or of another kind. */
struct str json_get_str(const struct json *obj, struct str key);
/* First child of an array or object (its first key), and the sibling after n.  Loop with count. */
static inline const struct json *json_child(const struct json *j)
{
    return j + 1;
}
static inline const struct json *json_next(const struct json *j)
{
    return j + j->span;
}
/* An integer, also one written as "3" or 3.0; false when it is none or does not fit. */
bool json_i64(const struct json *j, int64_t *out);
/* The source text of the value, as it stood. */
static inline struct str json_raw(const struct json *j)
{
    return j->raw;
}

/* The writer.  Key is empty inside arrays and for the outermost value.  Keys are written as they are:
 * they come from the catalogue and need no escapes (json_key_text escapes a caller's key). */
struct json_out {
    struct buf *b;
    bool comma; /* the next value needs one before it */
};

void json_open(struct json_out *o, struct str key, char bracket); /* '{' or '[' */
void json_close(struct json_out *o, char bracket);                /* '}' or ']' */
void json_str(struct json_out *o, struct str key, struct str v);
void json_int(struct json_out *o, struct str key, int64_t v);
void json_bool(struct json_out *o, struct str key, bool v);
void json_null(struct json_out *o, struct str key);
/* v is JSON text already (a stored object). */
void json_text(struct json_out *o, struct str key, struct str v);
/* A message's timestamp "1503435956.000247" of microseconds since 1970. */
void json_ts(struct json_out *o, struct str key, int64_t us);
/* Writes only the key, escaped, for maps whose keys are data (emoji names); the value follows with an empty key. */
void json_key_text(struct json_out *o, struct str key);
/* Appends s as a JSON string, quotes included. */
void json_quote(struct buf *b, struct str s);

#endif
