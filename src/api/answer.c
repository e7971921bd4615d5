#include "api/answer.h"

#include "core/channel_name.h"
#include "methods.h"

enum err answer_channel(struct call *c, const struct channel_row *ch, const struct channel_view *view)
{
    struct channel_view shown = *view;

    if (!c->method->subject.n)
        return OK;
    if (c->method->retired) {
        shown.members = ch->kind != CHANNEL_IM;
        shown.counts = true;
    }
    return channel_put(c, &c->out, c->method->subject, ch, c->who.user, &shown);
}

struct str answer_name(struct call *c, struct str name, bool validate)
{
    return c->method->retired && !validate ? channel_name_repair(c->arena, name) : name;
}

enum err answer_name_check(struct call *c, struct str name)
{
    static const struct {
        enum err code;
        struct str detail;
    } details[] = {
        {ERR_INVALID_NAME_REQUIRED, {"`name` is empty.", 16}},
        {ERR_INVALID_NAME_MAXLENGTH, {"`name` is longer than 80 characters.", 36}},
        {ERR_INVALID_NAME_PUNCTUATION, {"`name` holds punctuation alone.", 31}},
        {ERR_INVALID_NAME_SPECIALS, {"`name` holds other characters than lower-case letters, digits, - and _.", 71}},
    };
    enum err e = channel_name_check(c->arena, name);

    for (size_t i = 0; i < sizeof(details) / sizeof(*details); i++)
        if (details[i].code == e)
            c->error_detail = details[i].detail;
    return e;
}
