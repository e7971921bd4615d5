#include "core/attachments.h"

#include "core/blocks.h"
#include "core/mrkdwn.h"

enum { ACTIONS_PER_ATTACHMENT = 5 };

enum part {
    PART_TEXT,
    PART_PLAIN,
    PART_COLOR,
    PART_BOOL,
    PART_TIME,
    PART_STRINGS,
    PART_FIELDS,
    PART_ACTIONS,
    PART_BLOCKS
};

/* Keys in the order in which they are written. */
static const struct {
    struct str key;
    enum part part;
    bool shows; /* enough by itself for an attachment to be seen */
} parts[] = {
    {{"fallback", 8}, PART_PLAIN, false},
    {{"color", 5}, PART_COLOR, false},
    {{"pretext", 7}, PART_TEXT, true},
    {{"author_name", 11}, PART_PLAIN, true},
    {{"author_subname", 14}, PART_PLAIN, false},
    {{"author_link", 11}, PART_PLAIN, false},
    {{"author_icon", 11}, PART_PLAIN, false},
    {{"author_id", 9}, PART_PLAIN, false},
    {{"title", 5}, PART_PLAIN, true},
    {{"title_link", 10}, PART_PLAIN, false},
    {{"text", 4}, PART_TEXT, true},
    {{"fields", 6}, PART_FIELDS, true},
    {{"image_url", 9}, PART_PLAIN, true},
    {{"thumb_url", 9}, PART_PLAIN, true},
    {{"footer", 6}, PART_PLAIN, true},
    {{"footer_icon", 11}, PART_PLAIN, false},
    {{"ts", 2}, PART_TIME, true},
    {{"from_url", 8}, PART_PLAIN, false},
    {{"original_url", 12}, PART_PLAIN, false},
    {{"service_name", 12}, PART_PLAIN, false},
    {{"service_icon", 12}, PART_PLAIN, false},
    {{"callback_id", 11}, PART_PLAIN, false},
    {{"attachment_type", 15}, PART_PLAIN, false},
    {{"mrkdwn_in", 9}, PART_STRINGS, false},
    {{"is_app_unfurl", 13}, PART_BOOL, false},
    {{"app_unfurl_url", 14}, PART_PLAIN, false},
    {{"hide_color", 10}, PART_BOOL, false},
    {{"preview", 7}, PART_PLAIN, false},
    {{"actions", 7}, PART_ACTIONS, true},
    {{"blocks", 6}, PART_BLOCKS, true},
};

struct walk {
    struct call *c;
    struct json_out *out;
    int index; /* of the attachment, from 0 */
    bool shows;
};

static bool is_plain(const struct json *v)
{
    return v->kind == JSON_STRING || v->kind == JSON_NUMBER;
}

/* Text as a message's, or without links where no markup belongs. */
static enum err put_text(struct walk *w, struct str key, const struct json *v, bool markup)
{
    if (!is_plain(v))
        return ERR_INVALID_ATTACHMENTS;
    if (v->text.n)
        json_str(w->out, key,
                 markup ? mrkdwn_store(w->c->arena, v->text, MRKDWN_NONE, false)
                        : mrkdwn_store_plain(w->c->arena, v->text));
    return OK;
}

/* good, warning, danger, or six hexadecimal digits. */
static enum err put_color(struct walk *w, struct str key, const struct json *v)
{
    static const struct {
        struct str name, hex;
    } words[] = {{{"good", 4}, {"2eb886", 6}}, {{"warning", 7}, {"daa038", 6}}, {{"danger", 6}, {"a30200", 6}}};
    struct str color = v->text;

    if (!is_plain(v))
        return ERR_INVALID_ATTACHMENTS;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_eq(color, words[i].name))
            color = words[i].hex;
    if (str_starts(color, S("#")))
        color = str_skip(color, 1);
    if (color.n != 3 && color.n != 6)
        return OK; /* a colour nobody can draw is none */
    for (size_t i = 0; i < color.n; i++)
        if (!strchr("0123456789abcdefABCDEF", color.p[i]))
            return OK;
    json_str(w->out, key, color);
    return OK;
}

/* Seconds, also as text; fractions stay. */
static enum err put_time(struct walk *w, struct str key, const struct json *v)
{
    int64_t s;

    if (!is_plain(v))
        return ERR_INVALID_ATTACHMENTS;
    if (json_i64(v, &s))
        json_int(w->out, key, s);
    else
        json_str(w->out, key, v->text);
    return OK;
}

static enum err put_strings(struct walk *w, struct str key, const struct json *v)
{
    const struct json *item = json_child(v);

    if (v->kind != JSON_ARRAY)
        return ERR_INVALID_ATTACHMENTS;
    json_open(w->out, key, '[');
    for (uint32_t i = 0; i < v->count; i++, item = json_next(item)) {
        if (item->kind != JSON_STRING)
            return ERR_INVALID_ATTACHMENTS;
        json_str(w->out, S(""), item->text);
    }
    json_close(w->out, ']');
    return OK;
}

static bool is_true(const struct json *v)
{
    return v && (v->kind == JSON_TRUE || (v->kind == JSON_NUMBER && str_eq(v->text, S("1"))) ||
                 (v->kind == JSON_STRING && (str_eq(v->text, S("true")) || str_eq(v->text, S("1")))));
}

static enum err put_fields(struct walk *w, struct str key, const struct json *v)
{
    const struct json *item = json_child(v);

    if (v->kind != JSON_ARRAY)
        return ERR_INVALID_ATTACHMENTS;
    json_open(w->out, key, '[');
    for (uint32_t i = 0; i < v->count; i++, item = json_next(item)) {
        const struct json *title = json_get(item, S("title")), *value = json_get(item, S("value"));
        if (item->kind != JSON_OBJECT)
            return ERR_INVALID_ATTACHMENTS;
        json_open(w->out, S(""), '{');
        if (title && title->kind != JSON_NULL)
            TRY(put_text(w, S("title"), title, false));
        else
            json_str(w->out, S("title"), S(""));
        if (value && value->kind != JSON_NULL)
            TRY(put_text(w, S("value"), value, true));
        json_bool(w->out, S("short"), is_true(json_get(item, S("short"))));
        json_close(w->out, '}');
    }
    json_close(w->out, ']');
    return OK;
}

/* Buttons and menus of interactive messages: each gets its number as id; the rest is the app's own. */
static enum err put_actions(struct walk *w, struct str key, const struct json *v)
{
    const struct json *item = json_child(v);

    if (v->kind != JSON_ARRAY || v->count > ACTIONS_PER_ATTACHMENT)
        return ERR_INVALID_ATTACHMENTS;
    json_open(w->out, key, '[');
    for (uint32_t i = 0; i < v->count; i++, item = json_next(item)) {
        const struct json *name = json_child(item);
        if (item->kind != JSON_OBJECT || json_get_str(item, S("type")).n == 0)
            return ERR_INVALID_ATTACHMENTS;
        json_open(w->out, S(""), '{');
        json_str(w->out, S("id"), arena_printf(w->c->arena, "%u", i + 1));
        for (uint32_t k = 0; k < item->count; k++, name = json_next(json_next(name)))
            if (!str_eq(name->text, S("id"))) {
                json_key_text(w->out, name->text);
                json_text(w->out, S(""), json_raw(json_next(name)));
            }
        json_close(w->out, '}');
    }
    json_close(w->out, ']');
    return OK;
}

static enum err put_blocks(struct walk *w, struct str key, const struct json *v)
{
    struct blocks_in in = {.max_blocks = BLOCKS_PER_MESSAGE};
    struct blocks_out out;
    enum err e;

    in.pointer = arena_cstr(w->c->arena, arena_printf(w->c->arena, "/attachments/%d/blocks", w->index));
    e = blocks_read(w->c->arena, v, &in, &out);
    for (int i = 0; i < out.lines_n; i++)
        call_line(w->c, out.lines[i]);
    if (e == OK && out.json.n)
        json_text(w->out, key, out.json);
    return e;
}

static enum err put_part(struct walk *w, struct str key, enum part part, const struct json *v)
{
    switch (part) {
    case PART_TEXT:
        return put_text(w, key, v, true);
    case PART_PLAIN:
        return put_text(w, key, v, false);
    case PART_COLOR:
        return put_color(w, key, v);
    case PART_BOOL:
        json_bool(w->out, key, is_true(v));
        return OK;
    case PART_TIME:
        return put_time(w, key, v);
    case PART_STRINGS:
        return put_strings(w, key, v);
    case PART_FIELDS:
        return put_fields(w, key, v);
    case PART_ACTIONS:
        return put_actions(w, key, v);
    case PART_BLOCKS:
        return put_blocks(w, key, v);
    }
    return ERR_INVALID_ATTACHMENTS;
}

/* What notifications show when the app gave no fallback. */
static void put_fallback(struct walk *w, const struct json *a)
{
    static const struct str keys[] = {{"fallback", 8}, {"text", 4}, {"title", 5}, {"pretext", 7}};

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        const struct json *v = json_get(a, keys[i]);
        if (v && is_plain(v) && v->text.n) {
            if (i > 0)
                json_str(w->out, S("fallback"), mrkdwn_store_plain(w->c->arena, v->text));
            return;
        }
    }
    json_str(w->out, S("fallback"), S("[no preview available]"));
}

static enum err put_attachment(struct walk *w, const struct json *a, int number)
{
    json_open(w->out, S(""), '{');
    json_int(w->out, S("id"), number);
    put_fallback(w, a);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        const struct json *v = json_get(a, parts[i].key);
        if (!v || v->kind == JSON_NULL || (is_plain(v) && v->text.n == 0))
            continue;
        TRY(put_part(w, parts[i].key, parts[i].part, v));
        w->shows = w->shows || parts[i].shows;
    }
    json_close(w->out, '}');
    return OK;
}

/* One that shows nothing is taken back from the end of the array. */
static enum err add(struct walk *w, const struct json *a, int *number)
{
    size_t before = w->out->b->n;
    bool comma = w->out->comma;

    if (a->kind != JSON_OBJECT)
        return ERR_INVALID_ATTACHMENTS;
    w->shows = false;
    TRY(put_attachment(w, a, *number));
    if (w->shows) {
        ++*number;
        return OK;
    }
    w->out->b->n = before;
    w->out->comma = comma;
    return OK;
}

enum err attachments_read(struct call *c, const struct json *attachments, struct str *out)
{
    struct buf b = buf_in(c->arena, ATTACHMENTS_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct walk w = {.c = c, .out = &o};
    const struct json *a;
    int number = 1;

    *out = S("");
    if (!attachments || attachments->kind != JSON_ARRAY)
        return ERR_INVALID_ATTACHMENTS;
    if (attachments->count > ATTACHMENTS_MAX)
        return ERR_TOO_MANY_ATTACHMENTS;
    json_open(&o, S(""), '[');
    a = json_child(attachments);
    for (uint32_t i = 0; i < attachments->count; i++, a = json_next(a)) {
        w.index = (int)i;
        TRY(add(&w, a, &number));
    }
    json_close(&o, ']');
    if (b.over)
        return ERR_INVALID_ATTACHMENTS;
    if (number > 1)
        *out = buf_view(&b);
    return OK;
}

enum err attachments_join(struct call *c, const struct json *const *items, int n, struct str *out)
{
    struct buf b = buf_in(c->arena, ATTACHMENTS_MAX_BYTES);
    struct json_out o = {.b = &b};

    *out = S("");
    if (n > ATTACHMENTS_MAX)
        return ERR_TOO_MANY_ATTACHMENTS;
    json_open(&o, S(""), '[');
    for (int i = 0; i < n; i++) {
        const struct json *key = json_child(items[i]);
        json_open(&o, S(""), '{');
        json_int(&o, S("id"), i + 1);
        for (uint32_t k = 0; k < items[i]->count; k++, key = json_next(json_next(key)))
            if (!str_eq(key->text, S("id"))) {
                json_key_text(&o, key->text);
                json_text(&o, S(""), json_raw(json_next(key)));
            }
        json_close(&o, '}');
    }
    json_close(&o, ']');
    if (b.over)
        return ERR_INVALID_ATTACHMENTS;
    if (n)
        *out = buf_view(&b);
    return OK;
}
