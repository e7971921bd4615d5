/* Comments on files. */
#ifndef TAUT_CORE_FILE_COMMENT_H
#define TAUT_CORE_FILE_COMMENT_H

#include "base/id.h"
#include "core/file.h"

/* Their ids are Fc… outside; inside, where a kind is one letter, they are Y…. */
enum { FILE_COMMENT_KIND = 'Y' };
int64_t file_comment_id(struct arena *a, struct str text);
struct str file_comment_text(int64_t id, char out[ID_MAX + 1]);

struct obj_file_comment; /* generated */
/* The object; its id lies in `id`. */
struct obj_file_comment file_comment_of(const struct file_comment_row *row, char id[ID_MAX + 1]);
void file_comment_put(struct json_out *o, struct str key, const struct file_comment_row *row);

#endif
