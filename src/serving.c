#include "serving.h"

#include <stdio.h>

#include "base/log.h"
#include "base/rand.h"
#include "config.h"

enum { ARENA_FIRST_BYTES = 1 << 15 };

static bool read_settings(const struct serving *serving, struct server *s, int argc, char **argv, struct str *why)
{
    const char *name = command_names[serving->command];
    char **rest;
    int n_rest;

    if (!config_read(s->arena, serving->command, argc, argv, &s->settings, &rest, &n_rest, why))
        return false;
    if (n_rest) {
        *why = arena_printf(s->arena, "'%s' is no setting; see 'taut %s --help'.", rest[0], name);
        return false;
    }
    return !serving->read || serving->read(s, why);
}

static bool run(const struct serving *serving, struct server *s, struct str *why)
{
    log_set_level(config_log_level(&s->settings));
    rand_init();
    server_block_signals();
    log_start();
    return serving->run(s, why);
}

int serving_main(const struct serving *serving, struct server *s, int argc, char **argv)
{
    struct str why = S("");
    int code = 0;

    s->arena = arena_new(ARENA_FIRST_BYTES);
    s->lock_fd = -1;
    if (!read_settings(serving, s, argc, argv, &why))
        code = 2;
    else if (!run(serving, s, &why))
        code = 1;
    serving->close(s);
    log_stop();
    if (code)
        fprintf(stderr, "taut %s: %.*s\n", command_names[serving->command], STR_FMT(why));
    arena_free(s->arena);
    return code;
}
