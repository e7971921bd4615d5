/* Cursors (DESIGN.md 2): base64 of "kind:key:key2", padded with spaces so that the text always ends in "=". */
#include <stdio.h>

#include "base/rand.h"
#include "core/call.h"

enum err page_cursor(struct call *c, struct str cursor, const char *kind, int64_t *key, int64_t *key2)
{
    struct str text, piece;

    *key = 0;
    *key2 = 0;
    if (cursor.n == 0)
        return OK;
    text = base64_decode(c->arena, cursor);
    if (!text.p)
        return ERR_INVALID_CURSOR;
    text = str_trim(text);
    if (!str_cut(&text, ':', &piece) || !str_eq(piece, str_c(kind)))
        return ERR_INVALID_CURSOR;
    if (!str_cut(&text, ':', &piece) || !str_to_i64(piece, key))
        return ERR_INVALID_CURSOR;
    if (!str_to_i64(text, key2))
        return ERR_INVALID_CURSOR;
    return OK;
}

void page_next(struct call *c, const char *kind, int64_t key, int64_t key2)
{
    struct str text = arena_printf(c->arena, "%s:%lld:%lld", kind, (long long)key, (long long)key2);

    if (text.n % 3 == 0)
        text = arena_printf(c->arena, "%.*s ", STR_FMT(text));
    c->next_cursor = base64_encode(c->arena, text);
}
