#include "core/view_state.h"

#include "base/id.h"
#include "core/blocks.h"
#include "core/file.h"

/* A hundred long texts, each character escaped; more is refused. */
enum { STATE_MAX_BYTES = 2 << 20 };

/* --- the elements --------------------------------------------------------------------------------------------- */

struct collector {
    struct view_input *v;
    int n;
};

static void collect(struct collector *w, const struct json *block, const struct json *element, bool needed)
{
    const struct block_value_kind *kind = element ? block_value_kind(json_get_str(element, S("type"))) : NULL;

    if (kind && w->n < VIEW_INPUTS_MAX)
        w->v[w->n++] = (struct view_input){.block_id = json_get_str(block, S("block_id")),
                                           .action_id = json_get_str(element, S("action_id")),
                                           .element = element,
                                           .kind = kind,
                                           .needed = needed};
}

static void collect_actions(struct collector *w, const struct json *block)
{
    const struct json *elements = json_get(block, S("elements")), *e;

    if (!str_eq(json_get_str(block, S("type")), S("actions")) || !elements)
        return;
    e = json_child(elements);
    for (uint32_t i = 0; i < elements->count; i++, e = json_next(e))
        collect(w, block, e, false);
}

/* What a container holds are blocks as others. */
static void collect_all(struct collector *w, const struct json *blocks)
{
    const struct json *block = blocks ? json_child(blocks) : NULL;

    for (uint32_t i = 0; blocks && i < blocks->count; i++, block = json_next(block)) {
        const struct json *optional = json_get(block, S("optional"));

        collect(w, block, json_get(block, S("accessory")), false);
        collect(w, block, json_get(block, S("element")), !optional || optional->kind != JSON_TRUE);
        collect_actions(w, block);
        collect_all(w, json_get(block, S("child_blocks")));
    }
}

int view_inputs(struct arena *a, const struct json *blocks, struct view_input **out)
{
    struct collector w = {.v = ARENA_ARRAY(a, struct view_input, VIEW_INPUTS_MAX)};

    collect_all(&w, blocks);
    *out = w.v;
    return w.n;
}

static const struct json *value_of(const struct json *values, const struct view_input *in)
{
    return json_get(json_get(values, in->block_id), in->action_id);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

/* {block: {action: …}}; elements of one block stand together. */
struct writer {
    struct json_out o;
    struct str block;
    bool open;
};

static void begin_value(struct writer *w, const struct view_input *in)
{
    if (!w->open || !str_eq(w->block, in->block_id)) {
        if (w->open)
            json_close(&w->o, '}');
        json_key_text(&w->o, in->block_id);
        json_open(&w->o, S(""), '{');
        w->block = in->block_id;
        w->open = true;
    }
    json_key_text(&w->o, in->action_id);
    json_open(&w->o, S(""), '{');
    json_str(&w->o, S("type"), str_c(in->kind->type));
}

static void end_all(struct writer *w)
{
    if (w->open)
        json_close(&w->o, '}');
    json_close(&w->o, '}');
}

static struct writer begin_all(struct buf *b)
{
    struct writer w = {.o = {.b = b}};

    json_open(&w.o, S(""), '{');
    return w;
}

static const struct json *parse_state(struct arena *a, struct str state)
{
    return state.n ? json_parse(a, state, NULL) : NULL;
}

/* The stored value under its key, when it is one of this kind. */
static const struct json *stored_value(const struct json *values, const struct view_input *in)
{
    const struct json *v = value_of(values, in);

    return str_eq(json_get_str(v, S("type")), str_c(in->kind->type)) ? json_get(v, in->kind->key) : NULL;
}

/* The conversation the person is in, for selects that begin with it. */
static const struct json *default_value(struct arena *a, const struct view_input *in, int64_t here)
{
    const struct json *wanted = json_get(in->element, S("default_to_current_conversation"));
    bool many = block_value_many(in->kind);
    char id[ID_MAX];

    if (!here || !wanted || wanted->kind != JSON_TRUE)
        return NULL;
    return json_parse(
        a, ARENA_JOIN(a, many ? S("[\"") : S("\""), str_of(id, id_format(here, id)), many ? S("\"]") : S("\"")), NULL);
}

struct str view_state_begin(struct arena *a, const struct json *blocks, struct str old, int64_t here)
{
    const struct json *was = parse_state(a, old);
    struct buf b = buf_in(a, STATE_MAX_BYTES + 2 * VIEW_MAX_BYTES); /* what stood there, and the blocks' own */
    struct writer w = begin_all(&b);
    struct view_input *inputs;
    int n = view_inputs(a, blocks, &inputs);

    for (int i = 0; i < n; i++) {
        const struct json *v = stored_value(was, &inputs[i]);
        if (!v && inputs[i].kind->initial.n)
            v = json_get(inputs[i].element, inputs[i].kind->initial);
        if (!v)
            v = default_value(a, &inputs[i], here);
        if (block_value_empty(v))
            continue;
        begin_value(&w, &inputs[i]);
        json_text(&w.o, inputs[i].kind->key, json_raw(v));
        json_close(&w.o, '}');
    }
    end_all(&w);
    return buf_view(&b);
}

static enum err put_files(struct call *c, struct json_out *o, struct str key, const struct json *ids)
{
    const struct json *id = json_child(ids);

    json_open(o, key, '[');
    for (uint32_t i = 0; i < ids->count; i++, id = json_next(id)) {
        struct file_row f;
        enum err e = file_open(c, id->text, &f);
        if (e == OK)
            TRY(file_put(c, o, S(""), &f));
        else if (e != ERR_FILE_NOT_FOUND && e != ERR_FILE_DELETED)
            return e;
    }
    json_close(o, ']');
    return OK;
}

enum err view_state_show(struct call *c, const struct json *blocks, struct str state, bool all, struct str *out)
{
    const struct json *values = parse_state(c->arena, state);
    struct buf b = buf_in(c->arena, VIEW_SHOWN_MAX_BYTES);
    struct writer w = begin_all(&b);
    struct view_input *inputs;
    int n = view_inputs(c->arena, blocks, &inputs);

    for (int i = 0; i < n; i++) {
        const struct block_value_kind *k = inputs[i].kind;
        const struct json *v = stored_value(values, &inputs[i]);
        if (block_value_empty(v) && !all)
            continue;
        begin_value(&w, &inputs[i]);
        if (block_value_empty(v))
            json_text(&w.o, k->key, block_value_many(k) ? S("[]") : S("null"));
        else if (k->value == VALUE_FILES)
            TRY(put_files(c, &w.o, k->key, v));
        else
            json_text(&w.o, k->key, json_raw(v));
        json_close(&w.o, '}');
    }
    end_all(&w);
    *out = buf_view(&b);
    return b.over ? ERR_INTERNAL_ERROR : OK;
}

/* --- taking --------------------------------------------------------------------------------------------------- */

static void add_fault(struct view_faults *f, struct str block_id, const char *text)
{
    if (f->n && str_eq(f->block_ids[f->n - 1], block_id))
        return;
    f->block_ids[f->n] = block_id;
    f->texts[f->n++] = text;
}

/* One value, the one given or the one there was; one that is wrong is not kept. */
static void take_one(struct call *c, struct writer *w, const struct view_input *in, const struct json *v, bool submit,
                     struct view_faults *faults)
{
    struct writer before = *w;
    size_t length = w->o.b->n;
    const char *fault;

    if (block_value_empty(v)) {
        if (submit && in->needed)
            add_fault(faults, in->block_id, "This is needed");
        return;
    }
    begin_value(w, in);
    fault = block_value_put(c, in->element, in->kind, v, submit, &w->o);
    json_close(&w->o, '}');
    if (!fault)
        return;
    *w = before;
    w->o.b->n = length;
    add_fault(faults, in->block_id, fault);
}

static bool known(const struct view_input *inputs, int n, struct str block_id, struct str action_id)
{
    for (int i = 0; i < n; i++)
        if (str_eq(inputs[i].block_id, block_id) && str_eq(inputs[i].action_id, action_id))
            return true;
    return false;
}

/* Everything that was given belongs to an element. */
static enum err check_given(struct call *c, const struct json *given, const struct view_input *inputs, int n)
{
    const struct json *block, *action;

    if (given->kind != JSON_OBJECT)
        return call_invalid(c, "the values have to be an object of blocks");
    block = json_child(given);
    for (uint32_t i = 0; i < given->count; i++, block = json_next(json_next(block))) {
        const struct json *actions = json_next(block);
        if (actions->kind != JSON_OBJECT)
            return call_invalid(c, "the values of a block have to be an object of actions");
        action = json_child(actions);
        for (uint32_t k = 0; k < actions->count; k++, action = json_next(json_next(action)))
            if (json_next(action)->kind != JSON_OBJECT || !known(inputs, n, block->text, action->text))
                return call_invalid(c, "there is nothing to fill in at %.*s, %.*s", STR_FMT(block->text),
                                    STR_FMT(action->text));
    }
    return OK;
}

enum err view_state_take(struct call *c, const struct json *blocks, struct str old, const struct json *given,
                         bool submit, struct str *state, struct view_faults *faults)
{
    const struct json *was = parse_state(c->arena, old);
    struct buf b = buf_in(c->arena, STATE_MAX_BYTES);
    struct writer w = begin_all(&b);
    struct view_input *inputs;
    int n = view_inputs(c->arena, blocks, &inputs);

    *faults = (struct view_faults){.block_ids = ARENA_ARRAY(c->arena, struct str, n + 1),
                                   .texts = ARENA_ARRAY(c->arena, const char *, n + 1)};
    if (given)
        TRY(check_given(c, given, inputs, n));
    for (int i = 0; i < n; i++) {
        const struct json *v = value_of(given, &inputs[i]);
        take_one(c, &w, &inputs[i], v ? json_get(v, inputs[i].kind->key) : stored_value(was, &inputs[i]), submit,
                 faults);
    }
    end_all(&w);
    if (b.over) {
        c->error_detail = S("More is filled in than fits");
        return ERR_INVALID_VALUE;
    }
    *state = buf_view(&b);
    return OK;
}

void view_faults_put(struct json_out *o, struct str key, const struct view_faults *faults)
{
    json_open(o, key, '{');
    for (int i = 0; i < faults->n; i++) {
        json_key_text(o, faults->block_ids[i]);
        json_str(o, S(""), str_c(faults->texts[i]));
    }
    json_close(o, '}');
}
