/* SQLite: the file that a new database begins as when nothing in it is to survive, so that `taut dev` and tests need
 * not run the schema steps: as many of them as there are take 25 ms, the file 2. */
#ifndef TAUT_STORE_SCHEMA_IMAGE_H
#define TAUT_STORE_SCHEMA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/* All steps applied and no rows but theirs, packed by zlib.  Its user_version is the number of the newest step. */
struct schema_image {
    const unsigned char *packed;
    size_t packed_bytes, bytes; /* 0: there is none */
};
extern const struct schema_image schema_image; /* generated */

/* Makes the file at path.  False: there is one already, or it could not be made; then none was left behind. */
bool schema_image_lay(const char *path);

#endif
