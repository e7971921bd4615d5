/* What a person puts into an element of blocks: chosen options, dates, texts …, under the key that payloads have for
 * it. */
#ifndef TAUT_CORE_BLOCK_VALUE_H
#define TAUT_CORE_BLOCK_VALUE_H

#include "core/call.h"

enum block_value_type {
    VALUE_TEXT,
    VALUE_EMAIL,
    VALUE_URL,
    VALUE_NUMERAL,
    VALUE_RICH,
    VALUE_OPTION,
    VALUE_OPTIONS,
    VALUE_USER,
    VALUE_USERS,
    VALUE_CHANNEL,
    VALUE_CHANNELS,
    VALUE_DATE,
    VALUE_TIME,
    VALUE_SECONDS,
    VALUE_FILES,
};

struct block_value_kind {
    const char *type;   /* the element's */
    struct str initial; /* its field that holds what is chosen at first; empty: it has none */
    struct str key;     /* where payloads have the value */
    enum block_value_type value;
    bool external; /* the options are the app's to know */
};

/* NULL: elements of this type hold no value (buttons, images). */
const struct block_value_kind *block_value_kind(struct str type);
/* Are values of this kind lists? */
bool block_value_many(const struct block_value_kind *k);
/* Nothing is chosen: no value, null, an empty text or list. */
bool block_value_empty(const struct json *v);

/* Checks a value that c's person gave the element and writes it under the kind's key: options as the element has them,
 * files as objects' ids.  Returns NULL, or what is wrong in a sentence for that person.  strict: also what may be so
 * while they are still typing (lengths, forms). */
const char *block_value_put(struct call *c, const struct json *element, const struct block_value_kind *k,
                            const struct json *v, bool strict, struct json_out *o);

/* Parts of it, for forms of other kinds.  Texts of these types (e-mail, URL, numeral) by themselves; ids of people and
 * of conversations, as far as c's person may know them; the option of a value in `options` or `option_groups`. */
const char *block_value_check_form(struct arena *a, enum block_value_type type, struct str s);
const char *block_value_check_user(struct call *c, struct str id);
const char *block_value_check_channel(struct call *c, struct str id);
const struct json *block_value_find_option(const struct json *element, struct str value);

#endif
