/* Lists over their pages: by cursor, and by number where a method has no cursor or answered without one. */
#include "calls.h"
#include "own.h"

struct taut_list {
    struct taut *t;
    const struct method *method;
    const struct list_row *row;
    void *args;
    struct taut_reply *reply;
    const char *items;
    int n, at;
    bool last; /* there is no page behind this one */
    enum taut_error error;
};

struct taut_list *list_new(struct taut *t, const struct method *m, const struct list_row *row, const void *args)
{
    struct taut_list *l = t->memory.resize(t->memory.context, NULL, sizeof(*l) + row->args_bytes);

    failure_clear(t);
    if (!l) {
        no_memory(t);
        return NULL;
    }
    memset(l, 0, sizeof(*l) + row->args_bytes);
    l->t = t;
    l->method = m;
    l->row = row;
    l->args = l + 1;
    if (args)
        memcpy(l->args, args, row->args_bytes);
    return l;
}

static const struct json *holder(const struct taut_list *l)
{
    const struct json *json = json_own(l->reply->json);

    return l->row->object >= 0 ? json_get(json, str_c(l->row->key)) : json;
}

/* Where the next page begins, as the arguments have it; false: nowhere. */
static bool turn_page(struct taut_list *l)
{
    const struct json *meta = json_get(json_own(l->reply->json), S("response_metadata"));
    const struct json *paging = json_get(holder(l), S("paging"));
    const char *cursor = json_get_str(meta, S("next_cursor")).p;
    int64_t page = fill_int(json_get(paging, S("page"))), pages = fill_int(json_get(paging, S("pages")));

    if (l->row->cursor >= 0 && cursor && *cursor) {
        memcpy((char *)l->args + l->row->cursor, &cursor, sizeof(cursor));
        return true;
    }
    if (l->row->page < 0 || page < 1 || page >= pages)
        return false;
    page++;
    memcpy((char *)l->args + l->row->page, &page, sizeof(page));
    return true;
}

static void take_items(struct taut_list *l)
{
    const char *from = (const char *)l->reply;

    l->items = NULL;
    l->n = l->at = 0;
    if (l->row->object >= 0)
        memcpy(&from, from + l->row->object, sizeof(from));
    if (!from)
        return;
    memcpy(&l->items, from + l->row->items, sizeof(l->items));
    memcpy(&l->n, from + l->row->n_items, sizeof(l->n));
}

static bool fetch(struct taut_list *l)
{
    struct taut_reply *before = l->reply;
    void *reply = NULL;

    if (l->error || l->last)
        return false;
    /* The cursor stands in the reply before. */
    l->last = before && !turn_page(l);
    if (l->last)
        return false;
    l->error = call_typed(l->t, l->method, l->args, &reply);
    taut_reply_free(before);
    l->reply = reply;
    l->n = l->at = 0;
    if (l->error)
        return false;
    take_items(l);
    return true;
}

const void *list_next(struct taut_list *l)
{
    if (!l)
        return NULL;
    while (l->at >= l->n)
        if (!fetch(l))
            return NULL;
    return l->items + l->row->item_bytes * (size_t)l->at++;
}

const char *list_next_text(struct taut_list *l)
{
    const char *const *item = list_next(l);

    return item ? *item : NULL;
}

const struct taut_reply *taut_list_reply(const struct taut_list *l)
{
    return l ? l->reply : NULL;
}

enum taut_error taut_list_end(struct taut_list *l)
{
    enum taut_error e = l ? l->error : TAUT_NO_MEMORY;

    if (!l)
        return e;
    taut_reply_free(l->reply);
    l->t->memory.resize(l->t->memory.context, l, 0);
    return e;
}
