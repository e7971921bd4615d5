/* Cursors (DESIGN.md 2): base64 of "kind:key:key2:hour:check", padded with spaces so that the text always ends in "=".
 *
 * The check ties a cursor to the workspace, the conversation and the listing it was made for, and finds what was cut or
 * typed over on its way.  It is no secret: whoever makes one up reads from there what may be read anyway. */
#include "base/clock.h"
#include "base/rand.h"
#include "core/call.h"
#include "sql.h"

enum { CURSOR_LIVES_HOURS = 2, CHECK_BYTES = 6 };

int64_t page_hour(const struct call *c)
{
    return c->now_us / (INT64_C(3600) * US_PER_S);
}

static struct str check_of(struct call *c, struct str what)
{
    unsigned char hash[SHA256_BYTES];
    int64_t channel = c->channel ? c->channel->id : 0;

    sha256(arena_printf(c->arena, "%lld:%lld:%.*s", (long long)c->team, (long long)channel, STR_FMT(what)), hash);
    return hex_of(c->arena, hash, CHECK_BYTES);
}

static bool is_fresh(const struct call *c, int64_t hour)
{
    return hour <= page_hour(c) && hour + CURSOR_LIVES_HOURS >= page_hour(c);
}

enum err page_cursor(struct call *c, struct str cursor, const char *kind, int64_t *key, int64_t *key2)
{
    struct str text, what, piece;
    int64_t hour;

    *key = 0;
    *key2 = 0;
    if (cursor.n == 0)
        return OK;
    text = base64_decode(c->arena, cursor);
    if (!text.p)
        return ERR_INVALID_CURSOR;
    text = str_trim(text);
    what = text;
    if (!str_cut(&text, ':', &piece) || !str_eq(piece, str_c(kind)))
        return ERR_INVALID_CURSOR;
    if (!str_cut(&text, ':', &piece) || !str_to_i64(piece, key) || !str_cut(&text, ':', &piece) ||
        !str_to_i64(piece, key2) || !str_cut(&text, ':', &piece) || !str_to_i64(piece, &hour))
        return ERR_INVALID_CURSOR;
    if (text.n >= what.n || !is_fresh(c, hour))
        return ERR_INVALID_CURSOR;
    what = str_head(what, what.n - text.n - 1);
    return str_eq(text, check_of(c, what)) ? OK : ERR_INVALID_CURSOR;
}

void page_next(struct call *c, const char *kind, int64_t key, int64_t key2)
{
    struct str what =
        arena_printf(c->arena, "%s:%lld:%lld:%lld", kind, (long long)key, (long long)key2, (long long)page_hour(c));
    struct str text = ARENA_JOIN(c->arena, what, S(":"), check_of(c, what));

    if (text.n % 3 == 0)
        text = arena_printf(c->arena, "%.*s ", STR_FMT(text));
    c->next_cursor = base64_encode(c->arena, text);
}
