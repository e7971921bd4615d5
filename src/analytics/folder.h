/* Where the files of closed days lie: FOLDER/WORKSPACE/members-2026-11-20.json.gz and public-channels-…. */
#ifndef TAUT_ANALYTICS_FOLDER_H
#define TAUT_ANALYTICS_FOLDER_H

#include "analytics/analytics.h"
#include "analytics/rows.h"

enum { DAY_PATH_BYTES = 4096 };

/* The folder of a workspace, made when missing.  False with errno. */
bool folder_make(struct str folder, int64_t team);
void folder_path(struct str folder, int64_t team, int64_t day, enum analytics_kind kind, char out[DAY_PATH_BYTES]);
/* An unnamed file in the folder; -1 with errno. */
int folder_temporary(struct str folder);
/* Removes what a crash left half written. */
void folder_sweep(struct str folder, int64_t team);

/* Writes the day's file beside its place, then names it.  *crc: of its rows.  service_unavailable when the disk does
 * not take it. */
enum err folder_write(struct str folder, struct day *d, enum analytics_kind kind, bool throwaway, uint32_t *crc);

#endif
