/* Ids in replies. */
#ifndef TAUT_CORE_PUT_H
#define TAUT_CORE_PUT_H

#include "base/id.h"
#include "base/json.h"

/* The id's text; left out when id is 0. */
static inline void put_id(struct json_out *o, struct str key, int64_t id)
{
    char text[ID_MAX];

    if (id)
        json_str(o, key, str_of(text, id_format(id, text)));
}

#endif
