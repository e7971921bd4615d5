/* Files: who may see one, where it is shared, and how it is shown.
 *
 * A file belongs to its uploader until a message brings it into a conversation; from then on whoever may read there may
 * see it.  A deleted one stays as a row without content, so that messages can say that something stood there. */
#ifndef TAUT_CORE_FILE_H
#define TAUT_CORE_FILE_H

#include "core/channel.h"
#include "store/blob.h"

enum file_state { FILE_PROMISED, FILE_UPLOADED, FILE_READY, FILE_DELETED };

/* The file, as far as the caller may see it: file_not_found else; file_deleted when it is gone. */
enum err file_open(struct call *c, struct str id, struct file_row *out);
/* The same from its row. */
enum err file_may_see(struct call *c, const struct file_row *f);

/* Where it is shared, also where the caller does not see it. */
struct file_shares {
    struct file_share_row *rows;
    int n;
};
enum err file_shares_load(struct call *c, int64_t file, struct file_shares *out);

/* Writes the file object with its shares, as far as the caller sees them. */
enum err file_put(struct call *c, struct json_out *o, struct str key, const struct file_row *f);
/* The files of one message, [{…}, …]; deleted ones are tombstones.  is_public: the conversation is a public channel. */
struct str file_list_json(struct call *c, const struct file_row *rows, int n, bool is_public);

/* Calls tell for each conversation that knows the file, or for its owner when none does. */
enum err file_each_hearer(struct call *c, const struct file_row *f, void (*tell)(struct call *, int64_t to, void *ctx),
                          void *ctx);
/* Pages of history that show the file are no longer right. */
enum err file_touch(struct call *c, int64_t file);

/* Text as HTML, a line an element, as clients of old expect it. */
struct str file_highlight(struct call *c, struct str text);
/* "<base_url>files-pub/T…-F…-secret" */
struct str file_public_url(struct call *c, const struct file_row *f);

/* One thumbnail of file_row.thumbs; false when there are no more. */
struct file_thumb {
    int64_t pixels, w, h;
    struct str type, hash; /* "png" or "jpg" */
};
bool file_thumb_next(struct str *thumbs, struct file_thumb *out);

#endif
