#include "core/search_index.h"

#include <stdatomic.h>

#include "base/id.h"
#include "core/blocks.h"
#include "core/message.h"
#include "core/mrkdwn.h"
#include "core/search_stretch.h"
#include "store/db.h"

enum { ID_TRIES = 4096, TEXT_MAX_BYTES = 4 << 20, PG_POSITION_MAX = 16383, TAGS_MAX = 4 + SEARCH_HAS_TAGS };

/* SQLite: the last document that was added, moved on the lane's thread.  The index may have passed what is older. */
static _Atomic int64_t newest;

/* --- what a message says -------------------------------------------------------------------------------------- */

/* All texts of a JSON value under keys that people read. */
static void put_texts(struct buf *b, const struct json *j, struct str key)
{
    static const char *const read[] = {"text", "title", "pretext", "fallback", "value", "author_name", "footer", NULL};
    const struct json *child = json_child(j);

    if (j->kind == JSON_STRING) {
        for (int i = 0; read[i]; i++)
            if (str_eq(key, str_c(read[i]))) {
                buf_char(b, '\n');
                buf_str(b, j->text);
            }
    } else if (j->kind == JSON_ARRAY) {
        for (uint32_t i = 0; i < j->count; i++, child = json_next(child))
            put_texts(b, child, key);
    } else if (j->kind == JSON_OBJECT) {
        for (uint32_t i = 0; i < j->count; i++, child = json_next(json_next(child)))
            put_texts(b, json_next(child), child->text);
    }
}

static bool is_labelled(const struct mrkdwn_ref *ref)
{
    return ref->kind == MRKDWN_URL && ref->label.n > 0;
}

static bool has_label(struct str text)
{
    struct mrkdwn_ref ref;

    while (mrkdwn_next_ref(&text, &ref))
        if (is_labelled(&ref))
            return true;
    return false;
}

/* The addresses behind labels, which reading shows nothing of. */
static void put_addresses(struct buf *b, struct str text)
{
    struct mrkdwn_ref ref;

    while (mrkdwn_next_ref(&text, &ref)) {
        if (!is_labelled(&ref))
            continue;
        buf_char(b, '\n');
        buf_str(b, ref.target);
    }
}

struct str search_text_of(struct arena *a, const struct message_row *m)
{
    const struct json *blocks = m->blocks.n ? json_parse(a, m->blocks, NULL) : NULL;
    const struct json *attachments = m->attachments.n ? json_parse(a, m->attachments, NULL) : NULL;
    struct buf b = buf_in(a, TEXT_MAX_BYTES);

    if (!blocks && !attachments && !has_label(m->text))
        return mrkdwn_plain(a, m->text);
    buf_str(&b, m->text);
    put_addresses(&b, m->text);
    if (blocks) {
        buf_char(&b, '\n');
        buf_str(&b, blocks_text(a, blocks));
    }
    if (attachments)
        put_texts(&b, attachments, S(""));
    return mrkdwn_plain(a, buf_view(&b));
}

bool search_has_link(const struct message_row *m)
{
    return str_find(m->text, S("<http")) >= 0;
}

struct str search_tag(struct arena *a, const char *kind, int64_t id)
{
    char *text = arena_bytes(a, strlen(kind) + ID_MAX);
    size_t n = strlen(kind), id_n;

    memcpy(text, kind, n);
    id_n = id_format(id, text + n);
    for (size_t i = n; i < n + id_n; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] + ('a' - 'A'));
    return str_of(text, n + id_n);
}

const struct search_has_tag search_has_tags[SEARCH_HAS_TAGS] = {
    {SEARCH_HAS_LINK, {"vhlink", 6}}, {SEARCH_HAS_FILE, {"vhfile", 6}}, {SEARCH_HAS_PIN, {"vhpin", 5}}};

unsigned search_has_told(const struct message_row *m)
{
    return (search_has_link(m) ? SEARCH_HAS_LINK : 0u) | (str_eq(m->subtype, S("file_share")) ? SEARCH_HAS_FILE : 0u) |
           (m->pinned ? SEARCH_HAS_PIN : 0u);
}

/* Whose it is, where it stands, what it holds. */
static int tags_of(struct arena *a, int64_t team, bool is_public, const struct message_row *m,
                   struct str tags[TAGS_MAX])
{
    unsigned has = search_has_told(m);
    int n = 0;

    if (is_public)
        tags[n++] = search_tag(a, "vp", team);
    tags[n++] = search_tag(a, "vc", m->channel_id);
    if (m->user_id)
        tags[n++] = search_tag(a, "vu", m->user_id);
    if (m->bot_id)
        tags[n++] = search_tag(a, "vu", m->bot_id);
    for (int i = 0; i < SEARCH_HAS_TAGS; i++)
        if (has & search_has_tags[i].bit)
            tags[n++] = search_has_tags[i].tag;
    return n;
}

/* --- as each engine takes it ---------------------------------------------------------------------------------- */

/* 'word':1 'other':2: PostgreSQL's own form; words hold no quotes. */
static void put_lexeme(struct buf *b, struct str word, int position)
{
    buf_str(b, S("'"));
    buf_str(b, word);
    buf_str(b, S("':"));
    buf_i64(b, position < PG_POSITION_MAX ? position : PG_POSITION_MAX);
    buf_char(b, ' ');
}

struct words {
    struct buf text;
    int n;
    bool pg;
};

static void put_word(void *to, const struct search_word *word)
{
    struct words *w = to;

    w->n++;
    if (w->pg) {
        put_lexeme(&w->text, word->text, w->n);
        return;
    }
    if (w->n > 1)
        buf_char(&w->text, ' ');
    buf_str(&w->text, word->text);
}

struct str search_index_words(struct db *db, struct arena *a, struct str text)
{
    struct words w = {.text = buf_in(a, TEXT_MAX_BYTES), .pg = db_engine(db) == DB_POSTGRES};

    buf_room(&w.text, text.n + 1);
    search_words_each(text, SEARCH_WORDS_MAX, true, put_word, &w);
    return buf_view(&w.text);
}

/* '.tag': no word has a dot.  A weight would tell them apart as well, but GIN knows of none and looks at every document
 * for it. */
static void put_tag(struct buf *b, struct str tag)
{
    buf_str(b, S("'."));
    buf_str(b, tag);
    buf_str(b, S("' "));
}

static struct str tags_for_sqlite(struct arena *a, const struct str *tag, int n)
{
    struct buf tags = buf_in(a, 4096);

    for (int i = 0; i < n; i++) {
        buf_str(&tags, tag[i]);
        buf_char(&tags, ' ');
    }
    return buf_view(&tags);
}

static struct str tags_for_postgres(struct arena *a, int64_t id, const struct str *tag, int n)
{
    struct buf tags = buf_in(a, 4096);

    for (int i = 0; i < n; i++)
        put_tag(&tags, tag[i]);
    for (int i = 0; i < SEARCH_STRETCHES; i++)
        put_tag(&tags, search_stretch_tag(a, i, id));
    return buf_view(&tags);
}

struct search_entry search_entry_of(struct db *db, struct arena *a, int64_t team, bool is_public, int64_t id,
                                    const struct message_row *m)
{
    struct str tag[TAGS_MAX];
    int n = tags_of(a, team, is_public, m, tag);
    struct str words = search_index_words(db, a, search_text_of(a, m));

    if (db_engine(db) == DB_POSTGRES)
        return (struct search_entry){words, tags_for_postgres(a, id, tag, n)};
    return (struct search_entry){words, tags_for_sqlite(a, tag, n)};
}

/* --- keeping it in step --------------------------------------------------------------------------------------- */

/* With its words where they lie in the document itself. */
static enum err try_doc(struct call *c, int64_t id, int64_t team, bool is_public, const struct message_row *m,
                        const struct said *said, int64_t *added)
{
    struct search_entry e;

    if (db_engine(c->db) == DB_SQLITE)
        return sql_search_doc_add(c->db, c->arena, id, m->channel_id, m->ts, said->user, said->how, added);
    e = search_entry_of(c->db, c->arena, team, is_public, id, m);
    return sql_search_doc_add_indexed(c->db, c->arena, id, m->channel_id, m->ts, said->user, said->how, e.words, e.tags,
                                      added);
}

/* Takes the first free id from the message's ts on. */
static enum err add_doc(struct call *c, int64_t team, bool is_public, const struct message_row *m,
                        const struct said *said, int64_t *id)
{
    int64_t added = 0;

    for (*id = m->ts; *id < m->ts + ID_TRIES; ++*id) {
        TRY(try_doc(c, *id, team, is_public, m, said, &added));
        if (added)
            return OK;
    }
    *id = 0; /* thousands of conversations at one microsecond: this one is not found by search */
    return OK;
}

int64_t search_part(int64_t channel)
{
    uint64_t spread = (uint64_t)channel * UINT64_C(0x9e3779b97f4a7c15); /* ids may count up in steps */

    return (int64_t)(spread >> 32) % SEARCH_PARTS * (SEARCH_ID_MAX + 1);
}

int64_t search_place(const struct db *db, int64_t channel, int64_t id)
{
    return db_engine(db) == DB_POSTGRES ? id : search_part(channel) + id;
}

/* Tells the index what it holds of a document now; nothing of one that is new. */
static enum err tell(struct call *c, int64_t channel, int64_t id, const struct search_entry *before)
{
    int64_t changed;

    return sql_search_change_add(c->db, c->arena, search_place(c->db, channel, id), before->words, before->tags,
                                 &changed);
}

void search_index_begin(int64_t newest_doc)
{
    atomic_store(&newest, newest_doc);
}

enum err search_index_add(struct call *c, int64_t team, bool is_public, const struct message_row *m, struct said *said)
{
    static const struct search_entry nothing;
    int64_t id;

    if (!message_is_said(m))
        return OK;
    TRY(add_doc(c, team, is_public, m, said, &id));
    if (!id) {
        *said = (struct said){0};
        return OK;
    }
    if (db_engine(c->db) == DB_POSTGRES)
        return OK;
    if (id < atomic_load(&newest))
        return tell(c, m->channel_id, id, &nothing);
    atomic_store(&newest, id);
    return OK;
}

enum err search_index_change(struct call *c, int64_t team, bool is_public, const struct message_row *before,
                             const struct message_row *after)
{
    struct search_entry was, is;
    int64_t id, changed;
    bool found;

    TRY(sql_search_doc_find(c->db, c->arena, before->channel_id, before->ts, &id, &found));
    if (!found)
        return OK;
    was = search_entry_of(c->db, c->arena, team, is_public, id, before);
    is = search_entry_of(c->db, c->arena, team, is_public, id, after);
    if (str_eq(was.words, is.words) && str_eq(was.tags, is.tags))
        return OK;
    if (db_engine(c->db) == DB_SQLITE)
        return tell(c, before->channel_id, id, &was);
    return sql_search_words_add(c->db, c->arena, id, is.words, is.tags, &changed);
}

enum err search_index_remove(struct call *c, int64_t team, bool is_public, const struct message_row *m)
{
    struct search_entry was;
    int64_t id, changed;
    bool found;

    TRY(sql_search_doc_find(c->db, c->arena, m->channel_id, m->ts, &id, &found));
    if (!found)
        return OK;
    if (db_engine(c->db) == DB_SQLITE) {
        was = search_entry_of(c->db, c->arena, team, is_public, id, m);
        TRY(tell(c, m->channel_id, id, &was));
    }
    return sql_search_doc_remove(c->db, c->arena, id, &changed);
}
