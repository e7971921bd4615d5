/* What kind of file something is: from its name and its bytes, whatever its sender says. */
#ifndef TAUT_CORE_FILETYPE_H
#define TAUT_CORE_FILETYPE_H

#include "base/arena.h"
#include "filetypes.h" /* generated: struct filetype */

/* As many first bytes as telling needs. */
enum { FILETYPE_HEAD_BYTES = 512 };

/* NULL when there is none of this name. */
const struct filetype *filetype_find(struct str name);
/* A row's type; "binary" for names that no longer exist. */
const struct filetype *filetype_of(struct str name);
/* What a name claims; "binary" when it claims nothing. */
const struct filetype *filetype_by_name(struct str filename);
/* is_text: all of it is UTF-8 without NUL.  Bytes that tell a type win over the name; a name that claims a type whose
 * bytes are not there counts for nothing. */
const struct filetype *filetype_detect(struct str filename, struct str head, bool is_text);

/* A name that is safe to show, to save under and to put into a header: its last component, without control and
 * direction characters.  Empty when nothing is left. */
struct str filename_clean(struct arena *a, struct str name);
/* The same as part of an address: lower-case ASCII letters, digits and "_-.". */
struct str filename_slug(struct arena *a, struct str name);
/* Without its ending, as a title. */
struct str filename_title(struct str name);

#endif
