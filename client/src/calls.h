/* Typed calls: what the generated functions are made of. */
#ifndef TAUT_CLIENT_CALLS_H
#define TAUT_CLIENT_CALLS_H

#include "fill.h"
#include <taut/client.h>

enum arg_kind { ARG_TEXT, ARG_INT, ARG_INT_REQUIRED, ARG_BOOL, ARG_SOURCE };

/* One argument, and where it stands in the struct. */
struct arg {
    const char *name;
    enum arg_kind kind;
    size_t at;
};

struct method {
    const char *name;
    const struct arg *args;
    int n_args;
    const struct shape *reply;
};

/* What a list method pages through. */
struct list_row {
    ptrdiff_t object; /* in the reply: the object that holds the items; -1: the reply itself does */
    size_t items, n_items, item_bytes;
    ptrdiff_t cursor, page; /* in the arguments; -1: there is no such one */
    size_t args_bytes;
};

/* args NULL: none.  *reply is NULL when it fails; reply itself may be NULL. */
enum taut_error call_typed(struct taut *t, const struct method *m, const void *args, void **reply);
/* The same of a method that answers with a file. */
enum taut_error rows_typed(struct taut *t, const struct method *m, const void *args, struct taut_rows **rows);
struct taut_list *list_new(struct taut *t, const struct method *m, const struct list_row *row, const void *args);
const void *list_next(struct taut_list *list);
const char *list_next_text(struct taut_list *list);

#endif
