#include "store/schema_image.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static bool write_image(int fd)
{
    uLongf bytes = schema_image.bytes;
    unsigned char *image = malloc(bytes);
    bool ok;

    if (!image)
        abort();
    ok = uncompress(image, &bytes, schema_image.packed, schema_image.packed_bytes) == Z_OK &&
         write(fd, image, bytes) == (ssize_t)bytes;
    free(image);
    return ok;
}

bool schema_image_lay(const char *path)
{
    bool ok;
    int fd;

    if (!schema_image.bytes)
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    ok = write_image(fd);
    close(fd);
    if (!ok)
        unlink(path);
    return ok;
}
