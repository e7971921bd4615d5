#include "analytics/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"

#define HALF_WRITTEN ".new"

static const char *const names[] = {[ANALYTICS_MEMBERS] = "members", [ANALYTICS_CHANNELS] = "public-channels"};

static void team_path(struct str folder, int64_t team, char out[DAY_PATH_BYTES])
{
    char id[ID_MAX];

    snprintf(out, DAY_PATH_BYTES, "%.*s/%.*s", STR_FMT(folder), (int)id_format(team, id), id);
}

bool folder_make(struct str folder, int64_t team)
{
    char path[DAY_PATH_BYTES];

    team_path(folder, team, path);
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

void folder_path(struct str folder, int64_t team, int64_t day, enum analytics_kind kind, char out[DAY_PATH_BYTES])
{
    char id[ID_MAX], date[DAY_TEXT];

    day_format(day, date);
    snprintf(out, DAY_PATH_BYTES, "%.*s/%.*s/%s-%.*s.json.gz", STR_FMT(folder), (int)id_format(team, id), id,
             names[kind], DAY_TEXT, date);
}

int folder_temporary(struct str folder)
{
    char path[DAY_PATH_BYTES];

    snprintf(path, sizeof(path), "%.*s", STR_FMT(folder));
    return open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

void folder_sweep(struct str folder, int64_t team)
{
    char path[DAY_PATH_BYTES];
    struct dirent *e;
    DIR *dir;

    team_path(folder, team, path);
    dir = opendir(path);
    while (dir && (e = readdir(dir)))
        if (str_ends(str_c(e->d_name), S(HALF_WRITTEN)))
            unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
}

static enum err fault(const char *step, const char *path)
{
    log_error("analytics_file",
              "step=%s path=%s why=\"%s\" hint=\"free space in, or allow writing to, the data folder\"", step, path,
              strerror(errno));
    return ERR_SERVICE_UNAVAILABLE;
}

static enum err write_rows(struct day *d, enum analytics_kind kind, int fd, const char *path, uint32_t *crc)
{
    struct gz *g = gz_new(fd);
    enum err e = kind == ANALYTICS_MEMBERS ? rows_members(d, g) : rows_channels(d, g);

    if (e == OK && !gz_end(g))
        e = fault("write", path);
    *crc = gz_crc(g);
    gz_free(g);
    return e;
}

/* The name must be on disk before the row that tells of it. */
static bool sync_folder(struct str folder, int64_t team)
{
    char path[DAY_PATH_BYTES];
    bool good;
    int fd;

    team_path(folder, team, path);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static enum err name_it(struct str folder, int64_t team, const char *half, const char *path, bool throwaway)
{
    if (rename(half, path) != 0)
        return fault("rename", path);
    return throwaway || sync_folder(folder, team) ? OK : fault("sync", path);
}

enum err folder_write(struct str folder, struct day *d, enum analytics_kind kind, bool throwaway, uint32_t *crc)
{
    char path[DAY_PATH_BYTES], half[DAY_PATH_BYTES + 32];
    enum err e;
    int fd;

    folder_path(folder, d->team.id, d->day, kind, path);
    snprintf(half, sizeof(half), "%s.%d" HALF_WRITTEN, path, (int)getpid());
    fd = open(half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fault("open", half);
    e = write_rows(d, kind, fd, half, crc);
    if (e == OK && !throwaway && fsync(fd) != 0)
        e = fault("sync", half);
    close(fd);
    if (e == OK)
        e = name_it(folder, d->team.id, half, path, throwaway);
    if (e != OK)
        unlink(half);
    return e;
}
