/* Buttons, menus and other elements of blocks, in messages and in views. */
#include "api/act_message.h"
#include "api/act_press.h"
#include "api/act_view.h"

/* --- in a message --------------------------------------------------------------------------------------------- */

struct place {
    const struct json *attachment; /* NULL: in the message itself */
    const struct json *blocks;
    struct press press;
};

/* In the message's blocks, or in those of its attachments. */
static enum err find(struct call *c, const struct message_row *m, const struct json *given, struct place *out)
{
    const struct json *list = m->attachments.n ? json_parse(c->arena, m->attachments, NULL) : NULL, *item;
    bool found;

    *out = (struct place){.blocks = m->blocks.n ? json_parse(c->arena, m->blocks, NULL) : NULL};
    press_find(out->blocks, given, &out->press, &found);
    item = list ? json_child(list) : NULL;
    for (uint32_t i = 0; !found && list && i < list->count; i++, item = json_next(item)) {
        out->attachment = item;
        out->blocks = json_get(item, S("blocks"));
        press_find(out->blocks, given, &out->press, &found);
    }
    return found ? OK : ERR_UNKNOWN_ACTION;
}

/* "state": {"values": …}.  Nobody keeps what is filled in on a message: the caller says it. */
static enum err put_state(struct call *c, const struct taut_act_args *a, struct json_out *o, const struct place *place)
{
    struct str state, first = view_state_begin(c->arena, place->blocks, S(""), 0);

    TRY(press_state(c, place->blocks, first, act_values(a), &place->press, &state));
    TRY(view_state_show(c, place->blocks, state, true, &state));
    json_open(o, S("state"), '{');
    json_text(o, S("values"), state);
    json_close(o, '}');
    return OK;
}

static enum err put_payload(struct call *c, const struct taut_act_args *a, struct act *act, const struct message_row *m,
                            const struct place *place, struct act_payload *p)
{
    TRY(act_payload_open(c, act, p));
    act_put_container(&p->o, act, m, place->attachment);
    TRY(act_put_message(c, act, &p->o, S("message"), m));
    TRY(put_state(c, a, &p->o, place));
    json_str(&p->o, S("response_url"), act->response_url);
    return press_put(c, &p->o, &place->press);
}

static enum err begin_in_message(struct call *c, const struct taut_act_args *a, struct act *act,
                                 const struct json *given)
{
    struct act_payload p;
    struct message_row *m;
    struct place place;

    TRY(act_open_message(c, a, act, &m));
    TRY(find(c, m, given, &place));
    TRY(act_open_app(c, act, act_app_of(m, place.attachment)));
    act->place.replaces = RESPONSE_IN_PLACE_OR_TYPED;
    TRY(act_press_counts(c, act));
    TRY(act_trigger(c, act, 0));
    TRY(response_url_make(c, &act->here, &act->place, &act->response_url));
    TRY(put_payload(c, a, act, m, &place, &p));
    return act_ask(c, act, &p);
}

/* --- in a view ------------------------------------------------------------------------------------------------ */

/* What is filled in stays in the view. */
static enum err begin_in_view(struct call *c, const struct taut_act_args *a, struct act *act, const struct json *given)
{
    struct view_row v;
    const struct json *blocks;
    struct act_payload p;
    struct press press;
    struct str state;
    bool found;

    TRY(act_open_view(c, act, a->view_id, &v));
    blocks = view_blocks(c->arena, &v);
    press_find(blocks, given, &press, &found);
    if (!found)
        return ERR_UNKNOWN_ACTION;
    TRY(press_state(c, blocks, v.state, act_values(a), &press, &state));
    TRY(view_fill(c, &v, state));
    TRY(act_trigger(c, act, v.id));
    TRY(act_payload_open(c, act, &p));
    act_put_view_container(&p.o, &v);
    TRY(view_put(c, &p.o, S("view"), &v, true));
    TRY(press_put(c, &p.o, &press));
    return act_ask(c, act, &p);
}

static enum err begin(struct call *c, const struct taut_act_args *a, struct act *act)
{
    const struct json *given;

    TRY(press_read(c, a->actions, &given));
    return a->view_id.n ? begin_in_view(c, a, act, given) : begin_in_message(c, a, act, given);
}

const struct act_kind act_block_actions = {.type = {"block_actions", 13}, .begin = begin};
