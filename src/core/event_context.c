#include "core/event_context.h"

#include "base/id.h"
#include "base/rand.h"

#define HEAD S("4-")

struct str event_context_write(struct arena *a, const unsigned char *key, const struct event_context *context)
{
    char team[ID_MAX], app[ID_MAX], to[ID_MAX];
    struct str clear =
        ARENA_JOIN(a, str_of(team, id_format(context->team, team)), S("-"), str_of(app, id_format(context->app, app)),
                   S("-"), str_of(to, id_format(context->to, to)));

    return ARENA_JOIN(a, HEAD, base64_encode(a, secret_seal(a, key, clear)));
}

bool event_context_read(struct arena *a, const unsigned char *key, struct str text, struct event_context *out)
{
    struct str sealed, rest, team, app, to;

    if (!str_starts(text, HEAD))
        return false;
    sealed = base64_decode(a, str_skip(text, HEAD.n));
    rest = secret_open(a, key, sealed);
    if (!str_cut(&rest, '-', &team) || !str_cut(&rest, '-', &app) || !str_cut(&rest, '-', &to) || rest.n)
        return false;
    *out = (struct event_context){
        .team = id_parse_kind(team, "T"), .app = id_parse_kind(app, "A"), .to = id_parse_kind(to, "CDGUWTA")};
    return out->team && out->app && out->to;
}
