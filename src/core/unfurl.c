#include "core/unfurl.h"

#include "base/id.h"
#include "core/attachments.h"
#include "core/blocks.h"
#include "core/message_change.h"
#include "core/mrkdwn.h"
#include "settings.h" /* generated */

enum { LINKS_MAX = 5, URL_MAX_BYTES = 3000 };

/* --- which links ---------------------------------------------------------------------------------------------- */

static bool is_said(struct str subtype)
{
    return !subtype.n || str_eq(subtype, S("bot_message")) || str_eq(subtype, S("thread_broadcast")) ||
           str_eq(subtype, S("file_share")) || str_eq(subtype, S("me_message"));
}

/* All that a message says, as stored text. */
static struct str text_of(struct arena *a, const struct message_row *m)
{
    const struct json *blocks = m->blocks.n ? json_parse(a, m->blocks, NULL) : NULL;

    return blocks ? ARENA_JOIN(a, m->text, S("\n"), blocks_text(a, blocks)) : m->text;
}

/* Pages of this server itself say nothing that clients do not know. */
static bool is_elsewhere(const struct call *c, struct str url)
{
    return (str_starts(url, S("https://")) || str_starts(url, S("http://"))) && url.n <= URL_MAX_BYTES &&
           !str_starts(url, c->base_url);
}

static bool is_among(const struct str *urls, int n, struct str url)
{
    for (int i = 0; i < n; i++)
        if (str_eq(urls[i], url))
            return true;
    return false;
}

static int find_links(struct call *c, const struct message_row *m, struct str *urls)
{
    struct str rest = text_of(c->arena, m);
    struct mrkdwn_ref ref;
    int n = 0;

    while (n < LINKS_MAX && mrkdwn_next_ref(&rest, &ref)) {
        struct str url = ref.kind == MRKDWN_URL ? mrkdwn_plain(c->arena, ref.target) : S("");
        if (is_elsewhere(c, url) && !is_among(urls, n, url))
            urls[n++] = url;
    }
    return n;
}

static bool wanted(enum maybe said, bool by_default)
{
    return said == MAYBE_UNSET ? by_default : said == MAYBE_YES;
}

enum err unfurl_want(struct call *c, const struct channel_row *ch, const struct message_draft *d,
                     const struct message_row *m)
{
    const struct settings *settings = c->settings;
    bool links = wanted(d->unfurl_links, !m->bot_id), media = wanted(d->unfurl_media, true);
    struct str urls[LINKS_MAX], list = S("");
    int64_t changed;
    int n;

    if (!settings || !str_eq(settings->unfurl_links, S("on")) || (!links && !media) || !is_said(m->subtype) ||
        (str_find(m->text, S("<http")) < 0 && !m->blocks.n))
        return OK;
    n = find_links(c, m, urls);
    for (int i = 0; i < n; i++)
        list = ARENA_JOIN(c->arena, list, urls[i], S("\n"));
    if (!n)
        return OK;
    return sql_unfurl_add(c->db, c->arena, id_new('Q'), ch->team_id, ch->id, m->ts, links, media, list, c->now_us,
                          &changed);
}

/* --- under the message ---------------------------------------------------------------------------------------- */

static bool has_preview(const struct json *attachments, struct str url)
{
    const struct json *item = attachments ? json_child(attachments) : NULL;

    for (uint32_t i = 0; item && i < attachments->count; i++, item = json_next(item))
        if (str_eq(json_get_str(item, S("original_url")), url) || str_eq(json_get_str(item, S("from_url")), url))
            return true;
    return false;
}

/* The previews whose links still stand in the message, and that nobody else has given. */
static int choose(struct call *c, const struct message_row *m, const struct json *previews, const struct json *old,
                  const struct json **out)
{
    const struct json *item = json_child(previews);
    struct str urls[LINKS_MAX];
    int n_urls = find_links(c, m, urls), n = 0;

    for (uint32_t i = 0; i < previews->count; i++, item = json_next(item)) {
        struct str url = json_get_str(item, S("original_url"));
        if (is_among(urls, n_urls, url) && !has_preview(old, mrkdwn_escape(c->arena, url)))
            out[n++] = item;
    }
    return n;
}

/* Texts are escaped as those of any attachment. */
static enum err normalize(struct call *c, const struct json **items, int n, const struct json **out)
{
    struct str list = S("["), stored;

    for (int i = 0; i < n; i++)
        list = ARENA_JOIN(c->arena, list, i ? S(",") : S(""), json_raw(items[i]));
    *out = json_parse(c->arena, ARENA_JOIN(c->arena, list, S("]")), NULL);
    TRY(attachments_read(c, *out, &stored));
    *out = stored.n ? json_parse(c->arena, stored, NULL) : NULL;
    return OK;
}

static int add_items(const struct json *list, const struct json **out)
{
    const struct json *item = list ? json_child(list) : NULL;
    int n = 0;

    for (uint32_t i = 0; item && i < list->count; i++, item = json_next(item))
        out[n++] = item;
    return n;
}

static enum err put_below(struct call *c, const struct channel_row *ch, const struct message_row *m,
                          const struct json *previews)
{
    const struct json *old = m->attachments.n ? json_parse(c->arena, m->attachments, NULL) : NULL, *new, **items;
    struct message_row after = *m;
    int n;

    items = ARENA_ARRAY(c->arena, const struct json *, previews->count + (old ? old->count : 0));
    n = choose(c, m, previews, old, items);
    if (!n)
        return OK;
    TRY(normalize(c, items, n, &new));
    n = add_items(old, items);
    n += add_items(new, items + n);
    TRY(attachments_join(c, items, n, &after.attachments));
    return message_attach(c, ch, m, &after);
}

/* A message that has no room for previews goes without. */
static enum err apply(struct call *c, const struct unfurl_row *row)
{
    const struct json *previews = json_parse(c->arena, row->result, NULL);
    struct channel_row ch;
    struct message_row *m;
    bool found;
    enum err e;

    TRY(sql_channel_for(c->db, c->arena, row->channel_id, c->who.user, &ch, &found));
    if (!found || !previews || previews->kind != JSON_ARRAY)
        return OK;
    e = message_open(c, &ch, row->ts, &m);
    if (e == OK)
        e = put_below(c, &ch, m, previews);
    return e == ERR_MESSAGE_NOT_FOUND || e == ERR_INVALID_ATTACHMENTS || e == ERR_TOO_MANY_ATTACHMENTS ? OK : e;
}

enum err unfurl_fire(struct call *c, int64_t id)
{
    struct unfurl_row row;
    int64_t changed;
    bool found;

    TRY(sql_unfurl_get(c->db, c->arena, id, &row, &found));
    if (!found)
        return OK;
    TRY(sql_unfurl_remove(c->db, c->arena, id, &changed));
    return apply(c, &row);
}
