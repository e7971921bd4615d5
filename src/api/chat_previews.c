#include "api/chat_previews.h"

#include "core/attachments.h"

/* Attachments on their way into one list. */
struct picks {
    const struct json *items[2 * ATTACHMENTS_MAX];
    int n;
};

static const struct json *parse(struct call *c, struct str list)
{
    return list.n ? json_parse(c->arena, list, NULL) : NULL;
}

static bool is_preview(const struct json *attachment)
{
    const struct json *mark = json_get(attachment, S("is_app_unfurl"));

    return mark && mark->kind == JSON_TRUE;
}

static void pick_all(struct picks *p, const struct json *list, bool previews_too)
{
    const struct json *item = list ? json_child(list) : NULL;

    for (uint32_t i = 0; list && i < list->count; i++, item = json_next(item))
        if (previews_too || !is_preview(item))
            p->items[p->n++] = item;
}

/* The preview that stood there and is meant. */
static const struct json *find_preview(const struct json *before, const struct json *wanted)
{
    const struct json *item = before ? json_child(before) : NULL;
    struct str url = json_get_str(wanted, S("from_url"));
    int64_t id = 0, one = 0;
    bool by_id = json_i64(json_get(wanted, S("id")), &id);

    for (uint32_t i = 0; before && i < before->count; i++, item = json_next(item)) {
        if (!is_preview(item))
            continue;
        if (url.n ? str_eq(json_get_str(item, S("from_url")), url)
                  : by_id && json_i64(json_get(item, S("id")), &one) && one == id)
            return item;
    }
    return NULL;
}

/* One that did not stand there; it may show nothing and then is none. */
static enum err pick_new(struct call *c, struct picks *p, const struct json *attachment)
{
    struct str alone = ARENA_JOIN(c->arena, S("["), json_raw(attachment), S("]")), stored;

    TRY(attachments_read(c, parse(c, alone), &stored));
    pick_all(p, parse(c, stored), true);
    return OK;
}

enum err chat_previews_merge(struct call *c, struct str before, struct str own, bool own_is_new,
                             const struct json *previews, struct str *out)
{
    const struct json *were = parse(c, before), *item, *found;
    struct picks *p = ARENA_NEW(c->arena, struct picks);

    if (previews->kind != JSON_ARRAY)
        return ERR_INVALID_ATTACHMENTS;
    if (previews->count > ATTACHMENTS_MAX)
        return ERR_TOO_MANY_ATTACHMENTS;
    pick_all(p, parse(c, own), own_is_new);
    item = json_child(previews);
    for (uint32_t i = 0; i < previews->count; i++, item = json_next(item)) {
        if (item->kind != JSON_OBJECT)
            return ERR_INVALID_ATTACHMENTS;
        found = find_preview(were, item);
        if (found)
            p->items[p->n++] = found;
        else
            TRY(pick_new(c, p, item));
    }
    return attachments_join(c, p->items, p->n, out);
}
