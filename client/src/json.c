/* <taut/json.h> over the reader of base/. */
#include <taut/json.h>

#include "fill.h"

enum taut_json_kind taut_json_kind(const struct taut_json *j)
{
    return j ? (enum taut_json_kind)json_own(j)->kind : TAUT_JSON_NULL;
}

const struct taut_json *taut_json_get(const struct taut_json *j, const char *key)
{
    return json_public(json_get(json_own(j), str_c(key)));
}

const char *taut_json_text(const struct taut_json *j)
{
    return j && json_own(j)->kind == JSON_STRING ? json_own(j)->text.p : "";
}

int64_t taut_json_int(const struct taut_json *j)
{
    return fill_int(json_own(j));
}

bool taut_json_bool(const struct taut_json *j)
{
    return j && json_own(j)->kind == JSON_TRUE;
}

const char *taut_json_raw(const struct taut_json *j, size_t *n)
{
    struct str raw = j ? json_raw(json_own(j)) : S("null");

    *n = raw.n;
    return raw.p;
}

uint32_t taut_json_count(const struct taut_json *j)
{
    const struct json *own = json_own(j);

    return own && (own->kind == JSON_ARRAY || own->kind == JSON_OBJECT) ? own->count : 0;
}

bool taut_json_each(const struct taut_json *j, struct taut_json_each *each)
{
    const struct json *node;

    if (each->i >= taut_json_count(j))
        return false;
    node = each->i == 0 ? json_child(json_own(j)) : json_next(json_own(each->value));
    each->key = "";
    if (json_own(j)->kind == JSON_OBJECT) {
        each->key = node->text.p;
        node = json_next(node);
    }
    each->value = json_public(node);
    each->i++;
    return true;
}
