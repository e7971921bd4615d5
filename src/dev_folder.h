/* Where a throw-away workspace lies: a folder that is gone with its process, however that ends. */
#ifndef TAUT_DEV_FOLDER_H
#define TAUT_DEV_FOLDER_H

#include "base/arena.h"

struct dev_folder {
    struct str path; /* empty: it was not made */
    int lock_fd;
};

/* Makes one of our own, and removes those of this user whose processes are dead.  False: *why says what is wrong. Texts
 * lie in the arena. */
bool dev_folder_make(struct dev_folder *f, struct arena *a, struct str *why);
/* Nothing when there is none. */
void dev_folder_remove(struct dev_folder *f, struct arena *a);

#endif
