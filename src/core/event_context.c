#include "core/event_context.h"

#include "base/id.h"

#define HEAD S("4-")

struct str event_context_write(struct arena *a, const struct event_context *context)
{
    char team[ID_MAX], app[ID_MAX], to[ID_MAX];

    return ARENA_JOIN(a, HEAD, str_of(team, id_format(context->team, team)), S("-"),
                      str_of(app, id_format(context->app, app)), S("-"), str_of(to, id_format(context->to, to)));
}

bool event_context_read(struct str text, struct event_context *out)
{
    struct str rest = text, team, app, to;

    if (!str_starts(rest, HEAD))
        return false;
    rest = str_skip(rest, HEAD.n);
    if (!str_cut(&rest, '-', &team) || !str_cut(&rest, '-', &app) || !str_cut(&rest, '-', &to) || rest.n)
        return false;
    *out = (struct event_context){
        .team = id_parse_kind(team, "T"), .app = id_parse_kind(app, "A"), .to = id_parse_kind(to, "CDGUWTA")};
    return out->team && out->app && out->to;
}
