#include "run_fixture.h"

#include <errno.h>

#include "dev.h"
#include "run_file.h"
#include "settings.h"

#define FIXTURE_JSON "tests/fixture.json"

enum { ARENA_BYTES = 1 << 16 };

const unsigned char fixture_key[SECRET_KEY_BYTES];

/* The workspace made last; the runner has one at a time. */
static struct dev_world world;
static struct arena *world_arena;

bool fixture_find(struct str name, struct str *token)
{
    const struct dev_name *n = dev_find(&world, name);
    bool stranger = str_eq(name, S("nobody")) || str_eq(name, S("unknown"));

    *token = str_eq(name, S("unknown")) ? S("xoxp-0-never-given") : n ? n->token : S("");
    return stranger || token->n;
}

bool fixture_make(struct db *writer, struct str *why)
{
    static const struct settings settings;
    struct dev_options opt = {.file = S(FIXTURE_JSON), .key = fixture_key};

    if (!world_arena)
        world_arena = arena_new(ARENA_BYTES);
    arena_reset(world_arena);
    if (!file_read(FIXTURE_JSON, world_arena, &opt.json)) {
        *why = arena_printf(world_arena, FIXTURE_JSON ": %s; it is looked for where the runner is started",
                            strerror(errno));
        return false;
    }
    return dev_seed(writer, &settings, &opt, world_arena, &world, why);
}

void fixture_vars(struct vars *v)
{
    static const struct {
        const char *name, *value;
    } fixed[] = {
        {"app_id", "A0APP1"},      {"app", "A0APP1"},
        {"other_team", "T0OTHER"}, {"other_general", "C0OTHERGEN"},
        {"bot_in_bot", "B0BOTIN"}, {"bot_out_bot", "B0BOTOUT"},
        {"slackbot", "USLACKBOT"},
    };

    for (const struct dev_name *n = world.names; n; n = n->next) {
        if (dev_find(&world, n->name) != n) /* the other workspace's #general */
            continue;
        vars_set_id(v, n->name, n->id);
        if (n->token.n)
            vars_set(v, arena_printf(v->arena, "%.*s_token", STR_FMT(n->name)), n->token);
    }
    vars_set_id(v, S("org"), world.org); /* not the user of the actor "org" */
    vars_set_id(v, S("team"), world.team);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
        vars_set(v, str_c(fixed[i].name), str_c(fixed[i].value));
}
