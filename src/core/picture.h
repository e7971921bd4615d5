/* Where the picture of a person, bot or workspace is: this server draws one from the id. */
#ifndef TAUT_CORE_PICTURE_H
#define TAUT_CORE_PICTURE_H

#include "core/call.h"

/* "<base_url>avatars/<id>-<pixels>.png" */
struct str picture_url(struct call *c, int64_t id, int pixels);

#endif
