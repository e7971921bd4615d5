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
