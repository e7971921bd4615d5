/* Replies on standard output: as JSON, as a table, as lines of a key and a value. */
#ifndef TAUT_CLI_PRINT_H
#define TAUT_CLI_PRINT_H

#include "base/buf.h"
#include "options.h"

/* JSON as it came, on a line of its own; pretty: indented. */
void print_json(const struct taut_json *j, bool pretty);
/* Is standard output a terminal? */
bool print_is_terminal(void);
/* Appends text as people may see it: controls and escape sequences cannot reach the terminal. */
void print_clean(struct buf *b, const char *text);
/* The member at the end of a path such as message.text; NULL: there is none. */
const struct taut_json *print_path(const struct taut_json *j, const char *path);
/* A value as it stands in a cell. */
void print_value(struct buf *b, const struct taut_json *j);

/* A table of objects, or of plain values.  Columns are those of o->fields, or chosen from the first row. */
struct table;
struct table *table_new(const struct options *o);
void table_add(struct table *t, const struct taut_json *row);
/* Prints it, and frees it.  Returns how many rows it had. */
int table_end(struct table *t);

/* An answer that is no list: its fields, those inside objects with a dot. */
void print_fields(const struct options *o, const struct taut_json *reply);

#endif
