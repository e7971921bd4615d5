#include "core/geo.h"

#include <maxminddb.h>
#include <stdlib.h>

enum { FILES_MAX = 8, STEPS_MAX = 5 };

struct geo {
    int n;
    MMDB_s files[FILES_MAX];
};

/* Where makers of databases put things, the best first (GeoIP2 and GeoLite2, DB-IP, IPinfo). */
typedef const char *path[STEPS_MAX];
static const path countries[] = {
    {"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}, {NULL}};
static const path regions[] = {
    {"subdivisions", "0", "iso_code"}, {"subdivisions", "0", "names", "en"}, {"region"}, {NULL}};
static const path isps[] = {{"isp"},     {"traits", "isp"}, {"autonomous_system_organization"},
                            {"as_name"}, {"organization"},  {NULL}};

static bool add_file(struct geo *g, struct arena *a, struct str file, struct str *why)
{
    int status;

    if (g->n == FILES_MAX) {
        *why = arena_printf(a, "geoip_database names more than %d files.", FILES_MAX);
        return false;
    }
    status = MMDB_open(arena_cstr(a, file), MMDB_MODE_MMAP, &g->files[g->n]);
    if (status != MMDB_SUCCESS) {
        *why = arena_printf(a, "geoip_database: %.*s: %s.", STR_FMT(file), MMDB_strerror(status));
        return false;
    }
    g->n++;
    return true;
}

struct geo *geo_open(struct arena *a, struct str files, struct str *why)
{
    struct geo *g;
    struct str file;

    *why = S("");
    if (!str_trim(files).n)
        return NULL;
    g = calloc(1, sizeof(*g));
    if (!g)
        abort();
    while (files.n) {
        str_cut(&files, ',', &file);
        file = str_trim(file);
        if (file.n && !add_file(g, a, file, why)) {
            geo_free(g);
            return NULL;
        }
    }
    return g;
}

void geo_free(struct geo *g)
{
    if (!g)
        return;
    for (int i = 0; i < g->n; i++)
        MMDB_close(&g->files[i]);
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

struct geo_place geo_find(const struct geo *g, struct arena *a, struct str ip)
{
    struct geo_place place = {0};
    const char *text = arena_cstr(a, ip);

    for (int i = 0; g && i < g->n; i++) {
        int not_address, fault;
        MMDB_lookup_result_s found = MMDB_lookup_string(&g->files[i], text, &not_address, &fault);
        if (not_address || fault != MMDB_SUCCESS || !found.found_entry)
            continue;
        look(&found.entry, a, countries, &place.country);
        look(&found.entry, a, regions, &place.region);
        look(&found.entry, a, isps, &place.isp);
    }
    return place;
}
