/* Bringing files into conversations: what files.upload and files.completeUploadExternal share. */
#ifndef TAUT_API_FILES_SHARE_H
#define TAUT_API_FILES_SHARE_H

#include "core/content.h"
#include "core/file.h"

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

#endif
