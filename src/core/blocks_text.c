/* The words of blocks. */
#include "base/json.h"
#include "core/blocks.h"
#include "core/mrkdwn.h"

struct writer {
    struct arena *arena;
    struct buf out;
};

static void put_value(struct writer *w, const struct json *v);

/* What follows stands on a line of its own. */
static void new_line(struct writer *w)
{
    if (w->out.n && w->out.p[w->out.n - 1] != '\n')
        buf_char(&w->out, '\n');
}

static void put_escaped(struct writer *w, struct str s)
{
    buf_str(&w->out, mrkdwn_escape(w->arena, s));
}

/* --- rich text ------------------------------------------------------------------------------------------------ */

static void put_sequence(struct writer *w, const char *open, struct str target, struct str label)
{
    buf_char(&w->out, '<');
    buf_str(&w->out, str_c(open));
    put_escaped(w, target);
    if (label.n) {
        buf_char(&w->out, '|');
        put_escaped(w, label);
    }
    buf_char(&w->out, '>');
}

/* Inline elements that become a sequence in <>. */
static const struct {
    struct str type, target, label;
    const char *open;
} sequences[] = {
    {{"link", 4}, {"url", 3}, {"text", 4}, ""},         {{"user", 4}, {"user_id", 7}, {"", 0}, "@"},
    {{"channel", 7}, {"channel_id", 10}, {"", 0}, "#"}, {{"usergroup", 9}, {"usergroup_id", 12}, {"", 0}, "!subteam^"},
    {{"broadcast", 9}, {"range", 5}, {"", 0}, "!"},
};

static void put_inline(struct writer *w, const struct json *e)
{
    struct str type = json_get_str(e, S("type"));

    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (str_eq(type, sequences[i].type)) {
            struct str label = sequences[i].label.n ? json_get_str(e, sequences[i].label) : S("");
            put_sequence(w, sequences[i].open, json_get_str(e, sequences[i].target), label);
            return;
        }
    }
    if (str_eq(type, S("emoji"))) {
        buf_char(&w->out, ':');
        put_escaped(w, json_get_str(e, S("name")));
        buf_char(&w->out, ':');
    } else if (str_eq(type, S("text"))) {
        put_escaped(w, json_get_str(e, S("text")));
    } else if (str_eq(type, S("date"))) {
        put_escaped(w, json_get_str(e, S("fallback")));
    } else if (str_eq(type, S("color"))) {
        put_escaped(w, json_get_str(e, S("value")));
    }
}

static void put_inlines(struct writer *w, const struct json *elements)
{
    const struct json *e;

    if (!elements || elements->kind != JSON_ARRAY)
        return;
    e = json_child(elements);
    for (uint32_t i = 0; i < elements->count; i++, e = json_next(e))
        put_inline(w, e);
}

static void put_list(struct writer *w, const struct json *list)
{
    const struct json *items = json_get(list, S("elements")), *item;
    bool ordered = str_eq(json_get_str(list, S("style")), S("ordered"));
    int64_t indent = 0, offset = 0;

    if (!items || items->kind != JSON_ARRAY)
        return;
    json_i64(json_get(list, S("indent")), &indent);
    json_i64(json_get(list, S("offset")), &offset);
    item = json_child(items);
    for (uint32_t i = 0; i < items->count; i++, item = json_next(item)) {
        new_line(w);
        for (int64_t k = 0; k < indent && k < 8; k++)
            buf_str(&w->out, S("    "));
        if (ordered)
            buf_printf(&w->out, "%lld. ", (long long)i + 1 + (offset > 0 && offset < 1000000 ? offset : 0));
        else
            buf_str(&w->out, S("\xE2\x80\xA2 "));
        put_inlines(w, json_get(item, S("elements")));
    }
}

static void put_rich(struct writer *w, const struct json *part, struct str type)
{
    if (str_eq(type, S("rich_text_list"))) {
        put_list(w, part);
        return;
    }
    new_line(w);
    if (str_eq(type, S("rich_text_quote")))
        buf_str(&w->out, S("&gt; "));
    put_inlines(w, json_get(part, S("elements")));
}

/* --- blocks --------------------------------------------------------------------------------------------------- */

/* Where the words are, by type. */
static const struct {
    struct str type;
    const char *keys;
} places[] = {
    {{"section", 7}, "text fields"},
    {{"header", 6}, "text"},
    {{"alert", 5}, "text"},
    {{"context", 7}, "elements"},
    {{"rich_text", 9}, "elements"},
    {{"image", 5}, "title alt_text"},
    {{"markdown", 8}, "text"},
    {{"video", 5}, "title description"},
    {{"input", 5}, "label"},
    {{"card", 4}, "title subtitle body subtext"},
    {{"carousel", 8}, "elements"},
    {{"container", 9}, "title rich_text_title subtitle child_blocks"},
    {{"table", 5}, "rows"},
    {{"data_table", 10}, "caption rows"},
    {{"raw_text", 8}, "text"},
    {{"raw_number", 10}, "text"},
    {{"task_card", 9}, "title details output"},
    {{"plan", 4}, "title tasks"},
};

static void put_object(struct writer *w, const struct json *v)
{
    struct str type = json_get_str(v, S("type")), text = json_get_str(v, S("text"));

    if (str_eq(type, S("mrkdwn")) || str_eq(type, S("plain_text"))) {
        new_line(w);
        buf_str(&w->out,
                type.n == 6 ? mrkdwn_store(w->arena, text, MRKDWN_NONE, true) : mrkdwn_store_plain(w->arena, text));
        return;
    }
    if (str_starts(type, S("rich_text_"))) {
        put_rich(w, v, type);
        return;
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct str rest = str_c(places[i].keys), key;
        if (!str_eq(type, places[i].type))
            continue;
        while (str_cut(&rest, ' ', &key)) {
            const struct json *part = json_get(v, key);
            if (part)
                put_value(w, part);
        }
    }
}

static void put_value(struct writer *w, const struct json *v)
{
    const struct json *item;

    if (v->kind == JSON_STRING) {
        new_line(w);
        put_escaped(w, v->text);
    } else if (v->kind == JSON_OBJECT) {
        put_object(w, v);
    } else if (v->kind == JSON_ARRAY) {
        item = json_child(v);
        for (uint32_t i = 0; i < v->count; i++, item = json_next(item))
            put_value(w, item);
    }
}

struct str blocks_text(struct arena *a, const struct json *blocks)
{
    struct writer w = {.arena = a, .out = buf_in(a, 8 * BLOCKS_MAX_BYTES)};

    if (blocks && blocks->kind == JSON_ARRAY)
        put_value(&w, blocks);
    while (w.out.n && w.out.p[w.out.n - 1] == '\n')
        w.out.n--;
    return buf_view(&w.out);
}
