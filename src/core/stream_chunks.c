/* Reading chunks. */
#include "base/utf8.h"
#include "core/blocks.h"
#include "core/mrkdwn.h"
#include "core/stream.h"

enum {
    MARKDOWN_MAX_CHARS = 12000,
    CHUNKS_MAX = 100,
    ID_MAX_CHARS = 255,
    TITLE_MAX_CHARS = 3000,
    SOURCES_BYTES = 1 << 16
};

static enum err fault(struct call *c, uint32_t i, const char *field, const char *what)
{
    call_line(c, arena_printf(c->arena, "[ERROR] %s [json-pointer:/chunks/%u%s%s]", what, i, field ? "/" : "",
                              field ? field : ""));
    return ERR_INVALID_CHUNKS;
}

static struct str cut(struct call *c, struct str markdown)
{
    bool was_longer = false;
    struct str shorter = mrkdwn_cut(markdown, MARKDOWN_MAX_CHARS, &was_longer);

    if (was_longer)
        call_warn(c, WARN_MESSAGE_TRUNCATED);
    return shorter;
}

/* A text of the chunk: absent is empty, another type is a fault. */
static enum err read_text(struct call *c, const struct json *chunk, uint32_t i, const char *key, size_t min, size_t max,
                          struct str *out)
{
    const struct json *v = json_get(chunk, str_c(key));
    size_t chars;

    *out = S("");
    if (v && v->kind != JSON_NULL && v->kind != JSON_STRING)
        return fault(c, i, key, "must provide a string");
    if (v && v->kind == JSON_STRING)
        *out = v->text;
    chars = utf8_count(*out);
    if (chars < min)
        return fault(c, i, NULL, arena_cstr(c->arena, arena_printf(c->arena, "missing required field: %s", key)));
    if (max && chars > max)
        return fault(c, i, key,
                     arena_cstr(c->arena, arena_printf(c->arena, "must be less than %zu characters", max + 1)));
    return OK;
}

static enum err read_blocks(struct call *c, const struct json *blocks, const char *pointer, struct str *out)
{
    struct blocks_in how = {.pointer = pointer, .max_blocks = BLOCKS_PER_MESSAGE};
    struct blocks_out result;
    enum err e = blocks_read(c->arena, blocks, &how, &result);

    for (int i = 0; i < result.lines_n; i++)
        call_line(c, result.lines[i]);
    *out = result.json;
    return e;
}

/* Sources are checked as a step's block has them. */
static enum err read_sources(struct call *c, const struct json *chunk, uint32_t i, struct chunk *out)
{
    const struct json *sources = json_get(chunk, S("sources")), *card;
    struct blocks_in how = {.pointer = "", .max_blocks = 1};
    struct blocks_out result;

    if (!sources || sources->kind == JSON_NULL)
        return OK;
    card = json_parse(c->arena,
                      ARENA_JOIN(c->arena, S("[{\"type\":\"task_card\",\"task_id\":\"x\",\"title\":\"x\",\"sources\":"),
                                 json_raw(sources), S("}]")),
                      NULL);
    if (json_raw(sources).n > SOURCES_BYTES || !card || blocks_read(c->arena, card, &how, &result) != OK)
        return fault(c, i, "sources", "must be a list of {\"type\":\"url\",\"url\",\"text\"}");
    out->sources = json_raw(sources);
    return OK;
}

static bool is_status(struct str s)
{
    return str_eq(s, S("pending")) || str_eq(s, S("in_progress")) || str_eq(s, S("complete")) || str_eq(s, S("error"));
}

static enum err read_task(struct call *c, const struct json *chunk, uint32_t i, struct chunk *out)
{
    out->kind = CHUNK_TASK;
    TRY(read_text(c, chunk, i, "id", 1, ID_MAX_CHARS, &out->id));
    TRY(read_text(c, chunk, i, "title", 1, TITLE_MAX_CHARS, &out->text));
    TRY(read_text(c, chunk, i, "status", 1, 0, &out->status));
    if (!is_status(out->status))
        return fault(c, i, "status", "must be a valid enum value");
    TRY(read_text(c, chunk, i, "details", 0, MARKDOWN_MAX_CHARS, &out->details));
    TRY(read_text(c, chunk, i, "output", 0, MARKDOWN_MAX_CHARS, &out->output));
    return read_sources(c, chunk, i, out);
}

static enum err read_chunk(struct call *c, const struct json *chunk, uint32_t i, struct chunk *out)
{
    struct str type = json_get_str(chunk, S("type"));
    enum err e;

    if (str_eq(type, S("markdown_text"))) {
        out->kind = CHUNK_MARKDOWN;
        TRY(read_text(c, chunk, i, "text", 1, 0, &out->text));
        out->text = cut(c, out->text);
        return OK;
    }
    if (str_eq(type, S("task_update")))
        return read_task(c, chunk, i, out);
    if (str_eq(type, S("plan_update"))) {
        out->kind = CHUNK_PLAN;
        return read_text(c, chunk, i, "title", 1, TITLE_MAX_CHARS, &out->text);
    }
    if (str_eq(type, S("blocks"))) {
        out->kind = CHUNK_BLOCKS;
        e = read_blocks(c, json_get(chunk, S("blocks")),
                        arena_cstr(c->arena, arena_printf(c->arena, "/chunks/%u/blocks", i)), &out->text);
        return e == ERR_INVALID_BLOCKS_FORMAT ? fault(c, i, "blocks", "must provide an array of blocks") : e;
    }
    return fault(c, i, "type", "must be one of markdown_text, task_update, plan_update, blocks");
}

enum err chunks_read(struct call *c, struct str markdown, const struct json *chunks, struct chunk_list *out)
{
    const struct json *chunk;

    *out = (struct chunk_list){.v = ARENA_ARRAY(c->arena, struct chunk, CHUNKS_MAX + 2)};
    if (markdown.n)
        out->v[out->n++] = (struct chunk){.kind = CHUNK_MARKDOWN, .text = cut(c, markdown)};
    if (!chunks || chunks->kind == JSON_NULL)
        return OK;
    if (chunks->kind != JSON_ARRAY || chunks->count > CHUNKS_MAX) {
        call_line(c, S("[ERROR] must be a list of at most 100 chunks [json-pointer:/chunks]"));
        return ERR_INVALID_CHUNKS;
    }
    chunk = json_child(chunks);
    for (uint32_t i = 0; i < chunks->count; i++, chunk = json_next(chunk))
        TRY(read_chunk(c, chunk, i, &out->v[out->n++]));
    return OK;
}

void chunks_add_blocks(struct chunk_list *list, struct str blocks)
{
    if (blocks.n)
        list->v[list->n++] = (struct chunk){.kind = CHUNK_BLOCKS, .text = blocks};
}
