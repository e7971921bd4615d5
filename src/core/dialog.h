/* Dialogs: forms of the old kind (dialog.open), which an app shows to one person.
 *
 * struct dialog_row (generated) is an open one; its body is the JSON that the app gave, checked, with known keys alone.
 */
#ifndef TAUT_CORE_DIALOG_H
#define TAUT_CORE_DIALOG_H

#include "core/call.h"
#include "sql.h"

enum { DIALOG_LIFE_S = 24 * 3600 };

/* Needs no database.  Lines about what is wrong become response_metadata.messages; elements count from 0.
 * validation_errors. */
enum err dialog_read(struct call *c, const struct json *dialog, struct str *body);

struct dialog_fault {
    struct str name;  /* of the element */
    const char *text; /* for the person */
};

/* What c's person filled in, {name: text}, as the app gets it: every element, null where there is nothing.  *n faults
 * (at most one for each element) say what is wrong.  invalid_arguments for names that the dialog has not, and for what
 * is no text. */
enum err dialog_take(struct call *c, const struct json *body, const struct json *given, struct str *submission,
                     struct dialog_fault **faults, int *n);

/* Shows it to who did something with the app. */
enum err dialog_show(struct call *c, const struct trigger_row *trigger, struct str body);
/* Writes the dialog object. */
enum err dialog_put(struct call *c, struct json_out *o, struct str key, const struct dialog_row *d);

/* What an app offers for what was typed: at most 100 options with label and value, or as many groups of them. */
bool dialog_options_fit(const struct json *list);
bool dialog_groups_fit(const struct json *list);

/* The element of this name; NULL when there is none. */
const struct json *dialog_element(const struct json *body, struct str name);

#endif
