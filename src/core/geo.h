/* Where an address is: country, region and provider, from databases in MaxMind's format (MMDB).
 *
 * Read by any thread.  The files are mapped and never change under us: a new version is put in place by rename, and
 * taken by geo_reload. */
#ifndef TAUT_CORE_GEO_H
#define TAUT_CORE_GEO_H

#include "base/arena.h"

struct geo;

struct geo_place {
    struct str country, region, isp; /* country: "US"; region: "CA", or a name; empty: not known */
};

/* files: comma list; of several each adds what those before it do not know.  An empty list gives NULL and an empty
 * *why; a file that cannot be read NULL and a sentence. */
struct geo *geo_open(struct arena *a, struct str files, struct str *why);
/* Opens the files again.  False: one cannot be read, *why is a sentence, and what was open goes on being asked. */
bool geo_reload(struct geo *g, struct arena *a, struct str *why);
/* g may be NULL: nothing is known. */
void geo_free(struct geo *g);
/* ip: as text, IPv4 or IPv6. */
struct geo_place geo_find(struct geo *g, struct arena *a, struct str ip);

#endif
