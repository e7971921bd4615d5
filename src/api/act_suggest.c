/* Menus whose options the app knows: a person types, the app says what fits. */
#include "api/act_suggest.h"

#include "api/act_message.h"
#include "api/act_view.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "core/blocks.h"

enum { MIN_QUERY = 3 }; /* where the element does not say */

bool act_query_is_short(const struct json *element, struct str query)
{
    int64_t least = MIN_QUERY;

    json_i64(json_get(element, S("min_query_length")), &least);
    return (int64_t)utf8_count(query) < least;
}

void act_put_no_options(struct call *c)
{
    json_text(&c->out, S("options"), S("[]"));
}

enum err act_ask_options(struct call *c, struct act *act, struct act_payload *p)
{
    const struct manifest *m = &act->here.manifest;

    return act_ask_at(c, act, p, ASK_INTERACTION, m->options_url.n ? m->options_url : m->interactivity_url);
}

/* --- which menu ----------------------------------------------------------------------------------------------- */

/* NULL: there is none. */
static const struct view_input *find_menu(struct call *c, const struct json *blocks, const struct taut_act_args *a)
{
    struct view_input *inputs;
    int n = view_inputs(c->arena, blocks, &inputs);

    for (int i = 0; i < n; i++)
        if (inputs[i].kind->external && str_eq(inputs[i].action_id, a->action_id) &&
            (!a->block_id.n || str_eq(inputs[i].block_id, a->block_id)))
            return &inputs[i];
    return NULL;
}

static enum err ask_app(struct call *c, struct act *act, struct act_payload *p, const struct view_input *menu,
                        struct str query)
{
    json_str(&p->o, S("action_id"), menu->action_id);
    json_str(&p->o, S("block_id"), menu->block_id);
    json_str(&p->o, S("value"), query);
    return act_ask_options(c, act, p);
}

static enum err begin_in_view(struct call *c, const struct taut_act_args *a, struct act *act)
{
    const struct view_input *menu;
    struct act_payload p;
    struct view_row v;

    TRY(act_open_view(c, act, a->view_id, &v));
    menu = find_menu(c, view_blocks(c->arena, &v), a);
    if (!menu)
        return ERR_UNKNOWN_ACTION;
    if (act_query_is_short(menu->element, a->value)) {
        act_put_no_options(c);
        return OK;
    }
    TRY(act_payload_open(c, act, &p));
    act_put_view_container(&p.o, &v);
    TRY(view_put(c, &p.o, S("view"), &v, true));
    return ask_app(c, act, &p, menu, a->value);
}

/* In the message's blocks, or in those of an attachment. */
static const struct view_input *find_in_message(struct call *c, const struct message_row *m,
                                                const struct taut_act_args *a, const struct json **attachment)
{
    const struct json *blocks = m->blocks.n ? json_parse(c->arena, m->blocks, NULL) : NULL;
    const struct json *list = m->attachments.n ? json_parse(c->arena, m->attachments, NULL) : NULL;
    const struct json *item = list ? json_child(list) : NULL;
    const struct view_input *menu = find_menu(c, blocks, a);

    *attachment = NULL;
    for (uint32_t i = 0; !menu && list && i < list->count; i++, item = json_next(item)) {
        *attachment = item;
        menu = find_menu(c, json_get(item, S("blocks")), a);
    }
    return menu;
}

static enum err begin_in_message(struct call *c, const struct taut_act_args *a, struct act *act)
{
    const struct view_input *menu;
    const struct json *attachment;
    struct act_payload p;
    struct message_row *m;

    TRY(act_open_message(c, a, act, &m));
    menu = find_in_message(c, m, a, &attachment);
    if (!menu)
        return ERR_UNKNOWN_ACTION;
    TRY(act_open_app(c, act, act_app_of(m, attachment)));
    if (act_query_is_short(menu->element, a->value)) {
        act_put_no_options(c);
        return OK;
    }
    TRY(act_payload_open(c, act, &p));
    act_put_container(&p.o, act, m, attachment);
    TRY(act_put_message(c, act, &p.o, S("message"), m));
    return ask_app(c, act, &p, menu, a->value);
}

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    if (!a->action_id.n)
        return call_invalid(c, "missing required field: action_id");
    act->shown = true;
    return a->view_id.n ? begin_in_view(c, a, act) : begin_in_message(c, a, act);
}

/* --- what it offers ------------------------------------------------------------------------------------------- */

static uint64_t random_bits(void *ctx)
{
    (void)ctx;
    return rand_u64();
}

/* Options have to be such as a menu in a message could have: they are checked as one. */
static enum err read_options(struct call *c, struct str key, const struct json *list, const struct json **out)
{
    struct blocks_in in = {.pointer = "", .max_blocks = 1, .random = random_bits};
    struct str menu = ARENA_JOIN(c->arena, S("[{\"type\":\"actions\",\"elements\":[{\"type\":\"static_select\",\""),
                                 key, S("\":"), json_raw(list), S("}]}]"));
    struct blocks_out read;
    struct str why;

    if (blocks_read(c->arena, json_parse(c->arena, menu, NULL), &in, &read) != OK) {
        why = read.lines_n ? read.lines[0] : S("these are no options");
        return act_app_wrong(c, "%.*s", STR_FMT(why));
    }
    *out = json_get(json_child(json_get(json_child(json_parse(c->arena, read.json, NULL)), S("elements"))), key);
    return OK;
}

static enum err end(struct call *c, const struct taut_act_args *a, struct act *act, const struct app_answer *answer)
{
    const struct json *json = act_answer_json(c, answer), *options = json_get(json, S("options"));
    const struct json *groups = json_get(json, S("option_groups")), *list = groups ? groups : options;
    struct str key = groups ? S("option_groups") : S("options");

    (void)a;
    (void)act;
    if (!list || list->kind != JSON_ARRAY)
        return act_app_wrong(c, "it has no options");
    if (list->count)
        TRY(read_options(c, key, list, &list));
    json_text(&c->out, key, json_raw(list));
    return OK;
}

const struct act_kind act_block_suggestion = {.type = {"block_suggestion", 16}, .begin = begin, .end = end};
