/* The custom fields of profiles: what a workspace defines, and what people fill in. */
#ifndef TAUT_CORE_PROFILE_FIELDS_H
#define TAUT_CORE_PROFILE_FIELDS_H

#include "core/profile.h"

enum { PROFILE_FIELDS_MAX = 50, PROFILE_LABEL_MAX_CHARS = 50 };

/* The types of fields: text; date (2026-11-24); link; options_list (one of its choices); user (ids, comma list). */
bool profile_field_type(struct str type);

/* A new field of c->team behind those there are, shown to all; id is what it is called from then on.  choices: of
 * options_list, a JSON array of texts; else empty.  Error: name_taken (another field has the label). */
enum err profile_field_create(struct call *c, struct str label, struct str type, struct str choices, struct str *id);
/* Takes the field out, and what people had filled in. */
enum err profile_field_remove(struct call *c, struct str id);

/* {"Xf…": {"value": …, "alt": …}}, or the value alone; fields it does not name stay, an empty value clears one.
 * Errors: invalid_profile (no such object), too_long, profile_set_failed (a field that the workspace does not define,
 * or a value that is none of its type). */
enum err profile_fields_apply(struct call *c, struct user_row *u, const struct json *value,
                              struct profile_change *change);

#endif
