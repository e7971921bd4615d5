#include "run_file.h"

#include <stdio.h>

enum { FILE_MAX_BYTES = 4 << 20 };

bool file_read(const char *path, struct arena *a, struct str *text)
{
    char *bytes = arena_bytes(a, FILE_MAX_BYTES);
    FILE *f = fopen(path, "r");

    if (!f)
        return false;
    *text = str_of(bytes, fread(bytes, 1, FILE_MAX_BYTES, f));
    fclose(f);
    return true;
}
