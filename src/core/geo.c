#include "core/geo.h"

#include <maxminddb.h>
#include <pthread.h>
#include <stdlib.h>

enum { FILES_MAX = 8, STEPS_MAX = 5 };

struct files {
    int n;
    MMDB_s v[FILES_MAX];
};

struct geo {
    char *names;
    pthread_rwlock_t lock; /* of files; who looks something up reads */
    struct files files;
};

/* Where makers of databases put things, the best first (GeoIP2 and GeoLite2, DB-IP, IPinfo). */
typedef const char *path[STEPS_MAX];
static const path countries[] = {
    {"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}, {NULL}};
static const path regions[] = {
    {"subdivisions", "0", "iso_code"}, {"subdivisions", "0", "names", "en"}, {"region"}, {NULL}};
static const path isps[] = {{"isp"},     {"traits", "isp"}, {"autonomous_system_organization"},
                            {"as_name"}, {"organization"},  {NULL}};

static bool add_file(struct files *files, struct arena *a, struct str file, struct str *why)
{
    int status;

    if (files->n == FILES_MAX) {
        *why = arena_printf(a, "geoip_database names more than %d files.", FILES_MAX);
        return false;
    }
    status = MMDB_open(arena_cstr(a, file), MMDB_MODE_MMAP, &files->v[files->n]);
    if (status != MMDB_SUCCESS) {
        *why = arena_printf(a, "geoip_database: %.*s: %s.", STR_FMT(file), MMDB_strerror(status));
        return false;
    }
    files->n++;
    return true;
}

static void close_files(struct files *files)
{
    for (int i = 0; i < files->n; i++)
        MMDB_close(&files->v[i]);
}

static bool open_files(struct files *files, struct arena *a, struct str names, struct str *why)
{
    struct str file;

    *files = (struct files){0};
    while (str_cut(&names, ',', &file)) {
        file = str_trim(file);
        if (file.n && !add_file(files, a, file, why)) {
            close_files(files);
            return false;
        }
    }
    return true;
}

struct geo *geo_open(struct arena *a, struct str files, struct str *why)
{
    struct files opened;
    struct geo *g;

    *why = S("");
    if (!str_trim(files).n || !open_files(&opened, a, files, why))
        return NULL;
    g = calloc(1, sizeof(*g));
    if (!g || !(g->names = strndup(files.p, files.n)))
        abort();
    g->files = opened;
    pthread_rwlock_init(&g->lock, NULL);
    return g;
}

bool geo_reload(struct geo *g, struct arena *a, struct str *why)
{
    struct files opened, before;

    if (!open_files(&opened, a, str_c(g->names), why))
        return false;
    pthread_rwlock_wrlock(&g->lock);
    before = g->files;
    g->files = opened;
    pthread_rwlock_unlock(&g->lock);
    close_files(&before);
    return true;
}

void geo_free(struct geo *g)
{
    if (!g)
        return;
    close_files(&g->files);
    pthread_rwlock_destroy(&g->lock);
    free(g->names);
    free(g);
}

static void look(MMDB_entry_s *entry, struct arena *a, const path *paths, struct str *out)
{
    MMDB_entry_data_s data;

    for (int i = 0; !out->n && paths[i][0]; i++)
        if (MMDB_aget_value(entry, &data, paths[i]) == MMDB_SUCCESS && data.has_data &&
            data.type == MMDB_DATA_TYPE_UTF8_STRING)
            *out = arena_dup(a, str_of(data.utf8_string, data.data_size));
}

static void look_in(const MMDB_s *file, struct arena *a, const char *ip, struct geo_place *place)
{
    int not_address, fault;
    MMDB_lookup_result_s found = MMDB_lookup_string(file, ip, &not_address, &fault);

    if (not_address || fault != MMDB_SUCCESS || !found.found_entry)
        return;
    look(&found.entry, a, countries, &place->country);
    look(&found.entry, a, regions, &place->region);
    look(&found.entry, a, isps, &place->isp);
}

struct geo_place geo_find(struct geo *g, struct arena *a, struct str ip)
{
    struct geo_place place = {0};
    const char *text = arena_cstr(a, ip);

    if (!g)
        return place;
    pthread_rwlock_rdlock(&g->lock);
    for (int i = 0; i < g->files.n; i++)
        look_in(&g->files.v[i], a, text, &place);
    pthread_rwlock_unlock(&g->lock);
    return place;
}
