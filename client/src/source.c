/* Where the bytes of an upload come from. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "own.h"

static ptrdiff_t read_file(void *context, void *p, size_t n)
{
    size_t got = fread(p, 1, n, context);

    return got == 0 && ferror((FILE *)context) ? -1 : (ptrdiff_t)got;
}

static ptrdiff_t read_fd(void *context, void *p, size_t n)
{
    ssize_t got;

    do
        got = read((int)(intptr_t)context, p, n);
    while (got == -1 && errno == EINTR);
    return got;
}

/* From here to the end of a regular file; -1: nobody knows. */
static int64_t bytes_left(int fd, int64_t at)
{
    struct stat st;

    if (fd < 0 || at < 0 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
        return -1;
    return st.st_size > at ? st.st_size - at : 0;
}

struct taut_source taut_source_file(FILE *f, const char *filename)
{
    return (struct taut_source){
        .read = read_file, .context = f, .bytes = bytes_left(fileno(f), ftello(f)), .filename = filename};
}

struct taut_source taut_source_fd(int fd, const char *filename)
{
    return (struct taut_source){.read = read_fd,
                                .context = (void *)(intptr_t)fd,
                                .bytes = bytes_left(fd, lseek(fd, 0, SEEK_CUR)),
                                .filename = filename};
}
