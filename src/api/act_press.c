#include "api/act_press.h"

#include "api/act_message.h"
#include "core/view_state.h"

enum { STATE_MAX_BYTES = 1 << 20 };

/* --- finding -------------------------------------------------------------------------------------------------- */

enum err press_read(struct call *c, const struct json *actions, const struct json **given)
{
    if (!actions || actions->kind != JSON_ARRAY || actions->count != 1)
        return call_invalid(c, "actions has to hold one action");
    *given = json_child(actions);
    return (*given)->kind == JSON_OBJECT ? OK : call_invalid(c, "actions has to hold one action");
}

/* The element of this action_id at or below v. */
static const struct json *find_element(const struct json *v, struct str action_id)
{
    const struct json *child = json_child(v), *found = NULL;
    bool object = v->kind == JSON_OBJECT;

    if (!object && v->kind != JSON_ARRAY)
        return NULL;
    if (object && str_eq(json_get_str(v, S("action_id")), action_id))
        return v;
    for (uint32_t i = 0; i < v->count && !found; i++, child = json_next(child)) {
        if (object)
            child = json_next(child);
        found = find_element(child, action_id);
    }
    return found;
}

/* Inputs tell their app at once only where it wants that; workflows are not the app's. */
static bool is_pressable(const struct json *block, const struct json *element)
{
    const struct json *dispatches = json_get(block, S("dispatch_action"));

    if (str_eq(json_get_str(element, S("type")), S("workflow_button")))
        return false;
    return !str_eq(json_get_str(block, S("type")), S("input")) || (dispatches && dispatches->kind == JSON_TRUE);
}

/* The block of that element, which may lie in a container; NULL: none. */
static const struct json *find_block(const struct json *blocks, struct str block_id, struct str action_id)
{
    const struct json *block = blocks && blocks->kind == JSON_ARRAY ? json_child(blocks) : NULL, *found = NULL;

    for (uint32_t i = 0; block && !found && i < blocks->count; i++, block = json_next(block)) {
        const struct json *inner = json_get(block, S("child_blocks"));
        if (inner)
            found = find_block(inner, block_id, action_id);
        else if ((!block_id.n || str_eq(json_get_str(block, S("block_id")), block_id)) &&
                 find_element(block, action_id))
            found = block;
    }
    return found;
}

void press_find(const struct json *blocks, const struct json *given, struct press *out, bool *found)
{
    struct str action_id = json_get_str(given, S("action_id"));
    const struct json *block = action_id.n ? find_block(blocks, json_get_str(given, S("block_id")), action_id) : NULL;

    *found = false;
    if (!block)
        return;
    *out = (struct press){.given = given,
                          .element = find_element(block, action_id),
                          .block_id = json_get_str(block, S("block_id")),
                          .action_id = action_id};
    out->type = json_get_str(out->element, S("type"));
    out->kind = block_value_kind(out->type);
    *found = is_pressable(block, out->element);
}

/* --- what was chosen ------------------------------------------------------------------------------------------ */

static enum err wrong(struct call *c, const char *why)
{
    c->error_detail = arena_dup(c->arena, str_c(why));
    return ERR_INVALID_VALUE;
}

static enum err put_chosen(struct call *c, struct json_out *o, const struct press *p)
{
    const struct json *v = json_get(p->given, p->kind->key);
    const char *fault;

    if (block_value_empty(v)) {
        json_text(o, p->kind->key, block_value_many(p->kind) ? S("[]") : S("null"));
        return OK;
    }
    fault = block_value_put(c, p->element, p->kind, v, true, o);
    return fault ? wrong(c, fault) : OK;
}

static enum err put_overflow(struct call *c, struct json_out *o, const struct press *p)
{
    struct str value = json_get_str(json_get(p->given, S("selected_option")), S("value"));
    const struct json *option = block_value_find_option(p->element, value);

    if (!option)
        return wrong(c, "There is no such option");
    json_text(o, S("selected_option"), json_raw(option));
    return OK;
}

/* One of two buttons: which, tells its value. */
static enum err put_feedback(struct call *c, struct json_out *o, const struct press *p)
{
    static const struct str keys[] = {{"positive_button", 15}, {"negative_button", 15}};
    struct str value = json_get_str(p->given, S("value"));

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        const struct json *button = json_get(p->element, keys[i]);
        if (!button || !str_eq(json_get_str(button, S("value")), value))
            continue;
        json_text(o, S("text"), json_raw(json_get(button, S("text"))));
        json_str(o, S("value"), value);
        return OK;
    }
    return wrong(c, "There is no such button");
}

/* What apps see again of the element itself. */
static void put_own(struct json_out *o, const struct json *element)
{
    static const struct str keys[] = {{"text", 4}, {"value", 5},        {"style", 5},  {"url", 3},
                                      {"icon", 4}, {"placeholder", 11}, {"confirm", 7}};
    const struct json *key = json_child(element);

    for (uint32_t i = 0; i < element->count; i++) {
        const struct json *value = json_next(key);
        bool shown = str_starts(key->text, S("initial_"));
        for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
            shown |= str_eq(key->text, keys[k]);
        if (shown) {
            json_key_text(o, key->text);
            json_text(o, S(""), json_raw(value));
        }
        key = json_next(value);
    }
}

enum err press_put(struct call *c, struct json_out *o, const struct press *p)
{
    json_open(o, S("actions"), '[');
    json_open(o, S(""), '{');
    json_str(o, S("type"), p->type);
    json_str(o, S("block_id"), p->block_id);
    json_str(o, S("action_id"), p->action_id);
    put_own(o, p->element);
    if (p->kind)
        TRY(put_chosen(c, o, p));
    else if (str_eq(p->type, S("overflow")))
        TRY(put_overflow(c, o, p));
    else if (str_eq(p->type, S("feedback_buttons")))
        TRY(put_feedback(c, o, p));
    act_put_time(c, o);
    json_close(o, '}');
    json_close(o, ']');
    return OK;
}

/* --- what stands in the blocks -------------------------------------------------------------------------------- */

/* {block_id: {action_id: what was given}}; NULL for elements without a value. */
static const struct json *chosen_value(struct call *c, const struct press *p)
{
    struct buf b = buf_in(c->arena, STATE_MAX_BYTES);
    struct json_out o = {.b = &b};

    if (!p->kind)
        return NULL;
    json_open(&o, S(""), '{');
    json_key_text(&o, p->block_id);
    json_open(&o, S(""), '{');
    json_key_text(&o, p->action_id);
    json_text(&o, S(""), json_raw(p->given));
    json_close(&o, '}');
    json_close(&o, '}');
    return json_parse(c->arena, buf_view(&b), NULL);
}

static enum err take(struct call *c, const struct json *blocks, const struct json *given, struct str *state)
{
    struct view_faults faults;

    TRY(view_state_take(c, blocks, *state, given, false, state, &faults));
    return faults.n ? wrong(c, faults.texts[0]) : OK;
}

enum err press_state(struct call *c, const struct json *blocks, struct str old, const struct json *values,
                     const struct press *p, struct str *state)
{
    *state = old;
    TRY(take(c, blocks, values, state));
    return take(c, blocks, chosen_value(c, p), state);
}
