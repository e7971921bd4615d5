/* `taut serve`. */
#include <stdio.h>

#include "base/id.h"
#include "base/log.h"
#include "base/rand.h"
#include "commands.h"
#include "config.h"
#include "first_start.h"

static int refuse(struct server *s, struct str why)
{
    fprintf(stderr, "taut: %.*s\n", STR_FMT(why));
    server_stop(s);
    return 1;
}

static bool read_settings(struct server *s, int argc, char **argv)
{
    struct str why = S("");
    char **rest;
    int n_rest;

    if (!config_read(s->arena, COMMAND_SERVE, argc, argv, &s->settings, &rest, &n_rest, &why))
        fprintf(stderr, "taut serve: %.*s\n", STR_FMT(why));
    else if (n_rest)
        fprintf(stderr, "taut serve: '%s' is no setting; see 'taut serve --help'.\n", rest[0]);
    else
        return true;
    return false;
}

static int serve(struct server *s)
{
    struct first_start first;
    struct str why = S("");

    log_set_level(config_log_level(&s->settings));
    rand_init();
    server_block_signals();
    s->data_dir = s->settings.data_dir;
    if (!server_open_data(s, &why) || !server_open_database(s, &why) || !first_start(s, &first, &why))
        return refuse(s, why);
    if (!server_start(s, &why)) {
        if (first.made) /* its tokens would be lost otherwise */
            first_start_tell(s, &first, server_origin(s));
        return refuse(s, why);
    }
    first_start_tell(s, &first, server_origin(s));
    server_wait(s);
    server_stop(s);
    return 0;
}

int serve_main(int argc, char **argv)
{
    struct server s = {.arena = arena_new(1 << 14), .lock_fd = -1};
    int code = read_settings(&s, argc, argv) ? serve(&s) : 2;

    arena_free(s.arena);
    return code;
}
