#include "core/search_index.h"

#include "base/json.h"
#include "core/blocks.h"
#include "core/mrkdwn.h"
#include "core/search_words.h"

enum { TEXT_MAX_BYTES = 1 << 20, SAME_TS_MAX = 10000 };

/* What people and apps say; notices of joins, topics and the like are not looked for. */
static bool is_said(const struct message_row *m)
{
    static const char *const said[] = {"",           "bot_message", "me_message", "thread_broadcast",
                                       "file_share", "file_comment"};

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        if (str_eq(m->subtype, str_c(said[i])))
            return true;
    return false;
}

/* --- the text ------------------------------------------------------------------------------------------------- */

/* Stored text as it reads, and the addresses behind its labels. */
static void add_text(struct arena *a, struct buf *b, struct str text)
{
    struct mrkdwn_ref ref;

    if (text.n == 0)
        return;
    buf_str(b, mrkdwn_plain(a, text));
    buf_char(b, '\n');
    while (mrkdwn_next_ref(&text, &ref)) {
        if (ref.kind != MRKDWN_URL || ref.label.n == 0)
            continue;
        buf_str(b, mrkdwn_plain(a, ref.target));
        buf_char(b, '\n');
    }
}

static void add_fields(struct arena *a, struct buf *b, const struct json *fields)
{
    const struct json *field;

    if (!fields || fields->kind != JSON_ARRAY)
        return;
    field = json_child(fields);
    for (uint32_t i = 0; i < fields->count; i++, field = json_next(field)) {
        add_text(a, b, json_get_str(field, S("title")));
        add_text(a, b, json_get_str(field, S("value")));
    }
}

static void add_attachments(struct arena *a, struct buf *b, const struct json *list)
{
    static const char *const keys[] = {"pretext", "author_name", "title", "text", "footer"};
    const struct json *one;

    if (!list || list->kind != JSON_ARRAY)
        return;
    one = json_child(list);
    for (uint32_t i = 0; i < list->count; i++, one = json_next(one)) {
        size_t before = b->n;

        for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
            add_text(a, b, json_get_str(one, str_c(keys[k])));
        add_fields(a, b, json_get(one, S("fields")));
        if (json_get(one, S("blocks")))
            add_text(a, b, blocks_text(a, json_get(one, S("blocks"))));
        if (b->n == before) /* nothing else to show */
            add_text(a, b, json_get_str(one, S("fallback")));
    }
}

struct str search_text(struct arena *a, const struct message_row *m)
{
    struct buf b = buf_in(a, TEXT_MAX_BYTES);
    struct str layout = S("");

    if (m->blocks.n)
        layout = blocks_text(a, json_parse(a, m->blocks, NULL));
    add_text(a, &b, layout);
    if (str_find(layout, m->text) < 0) /* the text beside blocks mostly repeats them */
        add_text(a, &b, m->text);
    if (m->attachments.n)
        add_attachments(a, &b, json_parse(a, m->attachments, NULL));
    return buf_view(&b);
}

/* --- the words ------------------------------------------------------------------------------------------------ */

static bool has_link(struct str text)
{
    struct mrkdwn_ref ref;

    while (mrkdwn_next_ref(&text, &ref))
        if (ref.kind == MRKDWN_URL)
            return true;
    return false;
}

static void put_has(struct buf *b, bool has, struct str what)
{
    if (!has)
        return;
    search_mark_name(b, SEARCH_MARK_HAS, what);
    buf_char(b, ' ');
}

static void put_id(struct buf *b, char kind, int64_t id)
{
    if (!id)
        return;
    search_mark_id(b, kind, id);
    buf_char(b, ' ');
}

/* The same row gives the same words, always: what is taken back must be what was put in. */
static struct str words_of(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    struct buf b = buf_in(c->arena, 4 * TEXT_MAX_BYTES);

    search_words_put(&b, search_text(c->arena, m));
    put_id(&b, SEARCH_MARK_OPEN, ch->kind == CHANNEL_PUBLIC ? ch->team_id : 0);
    put_id(&b, SEARCH_MARK_CHANNEL, m->channel_id);
    put_id(&b, SEARCH_MARK_USER, m->user_id ? m->user_id : m->bot_id);
    put_has(&b, has_link(m->text), S("link"));
    put_has(&b, str_eq(m->subtype, S("file_share")), S("file"));
    put_has(&b, m->has_reactions, S("reaction"));
    put_has(&b, m->pinned, S("pin"));
    put_has(&b, m->thread_ts && m->thread_ts != m->ts, S("thread"));
    return buf_view(&b);
}

/* --- the index ------------------------------------------------------------------------------------------------ */

enum err search_index_add(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    int64_t id = m->ts, changed = 0;

    if (!is_said(m))
        return OK;
    while (!changed && id < m->ts + SAME_TS_MAX)
        TRY(sql_search_doc_add(c->db, c->arena, id++, m->channel_id, m->ts, &changed));
    if (!changed)
        return ERR_SERVICE_UNAVAILABLE;
    return sql_search_words_add(c->db, c->arena, id - 1, words_of(c, ch, m), &changed);
}

enum err search_index_change(struct call *c, const struct channel_row *ch, const struct message_row *before,
                             const struct message_row *after)
{
    struct str old_words, new_words;
    int64_t id, changed;
    bool found;

    if (!is_said(before))
        return OK;
    old_words = words_of(c, ch, before);
    new_words = words_of(c, ch, after);
    if (str_eq(old_words, new_words))
        return OK;
    TRY(sql_search_doc_of(c->db, c->arena, before->channel_id, before->ts, before->ts + SAME_TS_MAX, &id, &found));
    if (!found)
        return OK;
    TRY(sql_search_words_remove(c->db, c->arena, id, old_words, &changed));
    return sql_search_words_add(c->db, c->arena, id, new_words, &changed);
}

enum err search_index_remove(struct call *c, const struct channel_row *ch, const struct message_row *m)
{
    int64_t id, changed;
    bool found;

    if (!is_said(m))
        return OK;
    TRY(sql_search_doc_of(c->db, c->arena, m->channel_id, m->ts, m->ts + SAME_TS_MAX, &id, &found));
    if (!found)
        return OK;
    TRY(sql_search_words_remove(c->db, c->arena, id, words_of(c, ch, m), &changed));
    return sql_search_doc_remove(c->db, c->arena, id, &changed);
}
