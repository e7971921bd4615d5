#include "core/stream.h"

#include "base/utf8.h"
#include "core/blocks.h"
#include "core/markdown.h"
#include "core/mrkdwn.h"
#include "sql.h"

enum { TEXT_MAX_CHARS = 40000, BLOCK_MAX_CHARS = 12000, STATE_MAX_BYTES = 1 << 20, TEXT_MAX_BYTES = 1 << 19 };

static const char *const kind_names[] = {[CHUNK_MARKDOWN] = "markdown_text",
                                         [CHUNK_TASK] = "task_update",
                                         [CHUNK_PLAN] = "plan_update",
                                         [CHUNK_BLOCKS] = "blocks"};

/* What has come so far. */
struct state {
    struct str username, icons; /* of the author; icons as JSON */
    bool plan;
    struct chunk *v;
    int n;
};

/* --- kept in extra -------------------------------------------------------------------------------------------- */

static void read_part(const struct json *part, struct chunk *out)
{
    struct str type = json_get_str(part, S("type"));
    const struct json *sources = json_get(part, S("sources")), *blocks = json_get(part, S("blocks"));

    *out = (struct chunk){
        .text = json_get_str(part, S("text")),
        .id = json_get_str(part, S("id")),
        .status = json_get_str(part, S("status")),
        .details = json_get_str(part, S("details")),
        .output = json_get_str(part, S("output")),
        .sources = sources ? json_raw(sources) : S(""),
    };
    for (int kind = CHUNK_MARKDOWN; kind <= CHUNK_BLOCKS; kind++)
        if (str_eq(type, str_c(kind_names[kind])))
            out->kind = (enum chunk_kind)kind;
    if (blocks)
        out->text = json_raw(blocks);
}

/* room: for how many parts more. */
static void read_state(struct arena *a, struct str extra, int room, struct state *out)
{
    const struct json *root = extra.n ? json_parse(a, extra, NULL) : NULL;
    const struct json *parts = json_get(root, S("parts")), *icons = json_get(root, S("icons")), *part;
    uint32_t n = parts ? parts->count : 0;

    *out = (struct state){.username = json_get_str(root, S("username")), .icons = icons ? json_raw(icons) : S("")};
    out->plan = str_eq(json_get_str(root, S("task_display_mode")), S("plan"));
    out->v = ARENA_ARRAY(a, struct chunk, n + (uint32_t)room);
    part = parts ? json_child(parts) : NULL;
    for (uint32_t i = 0; i < n; i++, part = json_next(part))
        read_part(part, &out->v[out->n++]);
}

static void put_set(struct json_out *o, struct str key, struct str v)
{
    if (v.n)
        json_str(o, key, v);
}

static void put_part(struct json_out *o, const struct chunk *part)
{
    json_open(o, S(""), '{');
    json_str(o, S("type"), str_c(kind_names[part->kind]));
    if (part->kind == CHUNK_BLOCKS)
        json_text(o, S("blocks"), part->text);
    else
        json_str(o, S("text"), part->text);
    put_set(o, S("id"), part->id);
    put_set(o, S("status"), part->status);
    put_set(o, S("details"), part->details);
    put_set(o, S("output"), part->output);
    if (part->sources.n)
        json_text(o, S("sources"), part->sources);
    json_close(o, '}');
}

/* False when it has become too large. */
static bool write_state(struct arena *a, const struct state *s, bool open, struct str *out)
{
    struct buf b = buf_in(a, STATE_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    put_set(&o, S("username"), s->username);
    if (s->icons.n)
        json_text(&o, S("icons"), s->icons);
    json_str(&o, S("streaming_state"), open ? S("in_progress") : S("completed"));
    if (open) {
        json_str(&o, S("task_display_mode"), s->plan ? S("plan") : S("timeline"));
        json_open(&o, S("parts"), '[');
        for (int i = 0; i < s->n; i++)
            put_part(&o, &s->v[i]);
        json_close(&o, ']');
    }
    json_close(&o, '}');
    *out = buf_view(&b);
    return !b.over;
}

bool stream_is_open(const struct message_row *m)
{
    return str_find(m->extra, S("\"streaming_state\":\"in_progress\"")) >= 0;
}

void stream_begin(struct arena *a, struct message_row *m, struct str look, bool plan)
{
    struct state s;

    read_state(a, look, 0, &s);
    s.plan = plan;
    write_state(a, &s, true, &m->extra);
}

void stream_end(struct arena *a, struct message_row *m)
{
    struct state s;

    read_state(a, m->extra, 0, &s);
    write_state(a, &s, false, &m->extra);
}

/* --- taking chunks -------------------------------------------------------------------------------------------- */

static struct chunk *find_part(struct state *s, const struct chunk *like)
{
    for (int i = 0; i < s->n; i++)
        if (s->v[i].kind == like->kind && (like->kind == CHUNK_PLAN || str_eq(s->v[i].id, like->id)))
            return &s->v[i];
    return NULL;
}

/* A step tells what is new of it; what it leaves out stays. */
static void change_task(struct chunk *task, const struct chunk *news)
{
    task->text = news->text;
    task->status = news->status;
    if (news->details.n)
        task->details = news->details;
    if (news->output.n)
        task->output = news->output;
    if (news->sources.n)
        task->sources = news->sources;
}

static void take(struct arena *a, struct state *s, const struct chunk *chunk)
{
    struct chunk *old = NULL;

    if (chunk->kind == CHUNK_MARKDOWN && s->n && s->v[s->n - 1].kind == CHUNK_MARKDOWN) {
        old = &s->v[s->n - 1];
        old->text = ARENA_JOIN(a, old->text, chunk->text);
        return;
    }
    if (chunk->kind == CHUNK_TASK || chunk->kind == CHUNK_PLAN)
        old = find_part(s, chunk);
    if (old && old->kind == CHUNK_TASK)
        change_task(old, chunk);
    else if (old)
        old->text = chunk->text;
    else
        s->v[s->n++] = *chunk;
}

/* All Markdown together is at most as long as any text of a message. */
static void limit_text(struct call *c, struct state *s)
{
    size_t left = TEXT_MAX_CHARS;

    for (int i = 0; i < s->n; i++) {
        bool was_longer = false;
        if (s->v[i].kind != CHUNK_MARKDOWN)
            continue;
        s->v[i].text = mrkdwn_cut(s->v[i].text, left, &was_longer);
        left -= utf8_count(s->v[i].text);
        if (was_longer)
            call_warn(c, WARN_MESSAGE_TRUNCATED);
    }
}

/* --- as a message --------------------------------------------------------------------------------------------- */

static struct str text_of(struct arena *a, const struct state *s)
{
    struct buf b = buf_in(a, TEXT_MAX_BYTES);

    for (int i = 0; i < s->n; i++) {
        if (s->v[i].kind != CHUNK_MARKDOWN)
            continue;
        if (b.n && b.p[b.n - 1] != '\n')
            buf_char(&b, '\n');
        buf_str(&b, s->v[i].text);
    }
    return mrkdwn_store(a, markdown_to_mrkdwn(a, buf_view(&b)), MRKDWN_NONE, false);
}

static void put_rich(struct json_out *o, struct str key, struct str text)
{
    if (!text.n)
        return;
    json_open(o, key, '{');
    json_str(o, S("type"), S("rich_text"));
    json_open(o, S("elements"), '[');
    json_open(o, S(""), '{');
    json_str(o, S("type"), S("rich_text_section"));
    json_open(o, S("elements"), '[');
    json_open(o, S(""), '{');
    json_str(o, S("type"), S("text"));
    json_str(o, S("text"), text);
    json_close(o, '}');
    json_close(o, ']');
    json_close(o, '}');
    json_close(o, ']');
    json_close(o, '}');
}

static void put_task_fields(struct json_out *o, const struct chunk *task)
{
    json_str(o, S("task_id"), task->id);
    json_str(o, S("title"), task->text);
    json_str(o, S("status"), task->status);
    put_rich(o, S("details"), task->details);
    put_rich(o, S("output"), task->output);
    if (task->sources.n)
        json_text(o, S("sources"), task->sources);
}

/* The blocks of a message as they are written: each has an id that stays the same while it grows. */
struct layout {
    struct arena *arena;
    struct json_out out;
    int n;
};

static void open_block(struct layout *l, const char *type, int part, int piece)
{
    json_open(&l->out, S(""), '{');
    json_str(&l->out, S("type"), str_c(type));
    json_str(&l->out, S("block_id"), arena_printf(l->arena, "stream-%d-%d", part, piece));
    l->n++;
}

static void put_markdown(struct layout *l, struct str text, int part)
{
    for (int piece = 0; text.n; piece++) {
        struct str head = utf8_head(text, BLOCK_MAX_CHARS);
        open_block(l, "markdown", part, piece);
        json_str(&l->out, S("text"), head);
        json_close(&l->out, '}');
        text = str_skip(text, head.n);
    }
}

/* All steps, where the first of them stands. */
static void put_plan(struct layout *l, const struct state *s, int part)
{
    struct str title = S("Plan");

    for (int i = 0; i < s->n; i++)
        if (s->v[i].kind == CHUNK_PLAN)
            title = s->v[i].text;
    open_block(l, "plan", part, 0);
    json_str(&l->out, S("title"), title);
    json_open(&l->out, S("tasks"), '[');
    for (int i = 0; i < s->n; i++) {
        if (s->v[i].kind != CHUNK_TASK)
            continue;
        json_open(&l->out, S(""), '{');
        json_str(&l->out, S("type"), S("task_card"));
        put_task_fields(&l->out, &s->v[i]);
        json_close(&l->out, '}');
    }
    json_close(&l->out, ']');
    json_close(&l->out, '}');
}

static void put_task(struct layout *l, const struct chunk *task, int part)
{
    open_block(l, "task_card", part, 0);
    put_task_fields(&l->out, task);
    json_close(&l->out, '}');
}

static void put_blocks(struct layout *l, struct str blocks)
{
    const struct json *list = json_parse(l->arena, blocks, NULL), *block = list ? json_child(list) : NULL;

    for (uint32_t i = 0; list && i < list->count; i++, block = json_next(block)) {
        json_text(&l->out, S(""), json_raw(block));
        l->n++;
    }
}

static void put_parts(struct layout *l, const struct state *s)
{
    bool planned = false;

    for (int i = 0; i < s->n; i++) {
        const struct chunk *part = &s->v[i];
        bool step = part->kind == CHUNK_TASK || part->kind == CHUNK_PLAN;
        if (part->kind == CHUNK_MARKDOWN)
            put_markdown(l, part->text, i);
        else if (part->kind == CHUNK_BLOCKS)
            put_blocks(l, part->text);
        else if (s->plan && step && !planned)
            put_plan(l, s, i);
        else if (!s->plan && part->kind == CHUNK_TASK)
            put_task(l, part, i);
        planned = planned || step;
    }
}

/* Text alone needs no blocks. */
static bool is_plain(const struct state *s)
{
    for (int i = 0; i < s->n; i++)
        if (s->v[i].kind == CHUNK_TASK || s->v[i].kind == CHUNK_BLOCKS || (s->plan && s->v[i].kind == CHUNK_PLAN))
            return false;
    return true;
}

static enum err blocks_of(struct call *c, const struct state *s, struct str *out)
{
    struct buf b = buf_in(c->arena, STATE_MAX_BYTES);
    struct layout l = {.arena = c->arena, .out = {.b = &b}};
    struct blocks_in how = {.pointer = "/blocks", .max_blocks = BLOCKS_PER_MESSAGE};
    struct blocks_out result;
    enum err e;

    *out = S("");
    if (is_plain(s))
        return OK;
    json_open(&l.out, S(""), '[');
    put_parts(&l, s);
    json_close(&l.out, ']');
    if (l.n > BLOCKS_PER_MESSAGE)
        return ERR_MSG_BLOCKS_TOO_MANY;
    if (b.over)
        return ERR_MSG_BLOCKS_TOO_LONG;
    e = blocks_read(c->arena, json_parse(c->arena, buf_view(&b), NULL), &how, &result);
    for (int i = 0; i < result.lines_n; i++)
        call_line(c, result.lines[i]);
    *out = result.json;
    return e;
}

enum err stream_add(struct call *c, struct message_row *m, const struct chunk_list *chunks)
{
    struct state s;

    read_state(c->arena, m->extra, chunks->n, &s);
    for (int i = 0; i < chunks->n; i++)
        take(c->arena, &s, &chunks->v[i]);
    limit_text(c, &s);
    m->text = text_of(c->arena, &s);
    TRY(blocks_of(c, &s, &m->blocks));
    return write_state(c->arena, &s, true, &m->extra) ? OK : ERR_MSG_BLOCKS_TOO_LONG;
}
