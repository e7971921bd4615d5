/* Which bodies are in use. */
#ifndef TAUT_CORE_FILE_BODY_H
#define TAUT_CORE_FILE_BODY_H

#include "store/blob.h"

struct db;

/* Removes bodies that no row names: what a crash left behind.  For the start, before anybody uploads. */
void file_bodies_sweep(struct blobs *blobs, struct db *db);

#endif
