/* Bringing files into conversations: what files.upload and files.completeUploadExternal share. */
#ifndef TAUT_API_FILES_SHARE_H
#define TAUT_API_FILES_SHARE_H

#include "core/content.h"
#include "core/file.h"

/* Files in one message at most. */
enum { FILES_MAX = 100 };

struct files_share {
    const struct file_row *files;
    int n;
    struct content content; /* what the message says */
    bool has_thread_ts;
    int64_t thread_ts;
};

/* Tells that the files are there, then posts one message with all of them in each conversation the gate opened.
 * invalid_thread_ts. */
enum err files_share(struct call *c, const struct files_share *s);
/* What every new file has, whoever fills it; and its row. */
void files_begin(struct call *c, struct file_row *f);
enum err files_add(struct call *c, const struct file_row *f);

/* Takes f away: what is left says that something stood there. */
enum err files_remove(struct call *c, struct file_row *f);
/* For file_each_hearer: f, the context, is another now. */
void files_tell_change(struct call *c, int64_t to, void *f);

/* Which files a message is to hold from now on. */
struct files_change {
    const struct file_row *before, *after;
    int n_before, n_after;
    bool any; /* it is not what it was */
};
/* Looks the wanted files up: file_not_found, file_is_deleted, max_file_sharing_exceeded; unable_to_share_files when the
 * message is of a kind that holds none. */
enum err files_change_plan(struct call *c, const struct message_row *m, const struct str_list *ids,
                           struct files_change *change);
/* Stores it, with m's subtype, and tells who reads the conversation which files came and which went. */
enum err files_change_store(struct call *c, struct message_row *m, const struct files_change *change);

#endif
