/* Lists over their pages: by cursor, and by number where a method has no cursor or answered without one. */
#include "calls.h"
#include "own.h"

enum { CURSOR_MAX_BYTES = 1 << 20 };

struct taut_list {
    struct taut *t;
    const struct method *method;
    const struct list_row *row;
    void *args;
    struct buf cursor; /* that was asked for last, with a NUL */
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
    l->cursor = buf_from(&t->memory, CURSOR_MAX_BYTES);
    if (args)
        memcpy(l->args, args, row->args_bytes);
    return l;
}

/* How many pages there are by number, and which this is; the list may stand in an object of the reply. */
static int64_t page_behind(const struct json *reply)
{
    const struct json *key = json_child(reply), *paging = json_get(reply, S("paging"));
    int64_t page, pages;

    for (uint32_t i = 0; !paging && i < reply->count; i++, key = json_next(json_next(key)))
        paging = json_get(json_next(key), S("paging"));
    page = fill_int(json_get(paging, S("page")));
    pages = fill_int(json_get(paging, S("pages")));
    return page >= 1 && page < pages ? page + 1 : 0;
}

static const char *cursor_behind(const struct json *reply)
{
    return json_get_str(json_get(reply, S("response_metadata")), S("next_cursor")).p;
}

bool taut_next_page(const struct taut_reply *reply, struct taut_pair *arg)
{
    const struct json *json = json_own(reply->json);
    const char *cursor = cursor_behind(json);
    int64_t page = page_behind(json);

    *arg = (struct taut_pair){"cursor", cursor};
    if (cursor && *cursor)
        return true;
    *arg = (struct taut_pair){"page", arena_printf(reply->memory->arena, "%lld", (long long)page).p};
    return page > 0;
}

/* A page that leads to itself would lead nowhere for ever. */
static enum taut_error ask_for(struct taut_list *l, const char *cursor)
{
    if (l->cursor.n && strcmp(cursor, l->cursor.p) == 0)
        return failure(l->t, TAUT_BAD_REPLY, "%s: a page of the list leads to itself.", l->method->name);
    l->cursor.n = 0;
    buf_put(&l->cursor, cursor, strlen(cursor) + 1);
    memcpy((char *)l->args + l->row->cursor, &l->cursor.p, sizeof(l->cursor.p));
    return l->cursor.over ? no_memory(l->t) : TAUT_OK;
}

/* Where the next page begins, as the arguments have it; false: nowhere. */
static bool turn_page(struct taut_list *l)
{
    const struct json *json = json_own(l->reply->json);
    const char *cursor = cursor_behind(json);
    int64_t page = page_behind(json);

    if (l->row->cursor >= 0 && cursor && *cursor) {
        l->error = ask_for(l, cursor);
        return !l->error;
    }
    if (l->row->page < 0 || page == 0)
        return false;
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
    void *reply = NULL;

    if (l->error || l->last)
        return false;
    l->last = l->reply && !turn_page(l);
    if (l->last)
        return false;
    taut_reply_free(l->reply);
    l->reply = NULL;
    l->n = l->at = 0;
    l->error = call_typed(l->t, l->method, l->args, &reply);
    l->reply = reply;
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
    buf_free(&l->cursor);
    l->t->memory.resize(l->t->memory.context, l, 0);
    return e;
}
