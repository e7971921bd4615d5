/* `taut serve`. */
#include "base/log.h"
#include "commands.h"
#include "first_start.h"
#include "serving.h"

static bool run(struct server *s, struct str *why)
{
    struct first_start first;
    bool started;

    s->data_dir = s->settings.data_dir;
    if (!server_open_data(s, why) || !server_open_database(s, why) || !first_start(s, &first, why))
        return false;
    if (!data_dir_key_fits(s, s->writer))
        log_error("key_is_another", "folder=%.*s why=\"" DATA_DIR_KEY_WHY "\" hint=\"" DATA_DIR_KEY_HINT "\"",
                  STR_FMT(s->data_dir));
    started = server_start(s, why);
    if (started || first.made) /* its tokens would be lost otherwise */
        first_start_tell(s, &first, server_origin(s));
    if (started)
        server_wait(s);
    return started;
}

int serve_main(int argc, char **argv)
{
    static const struct serving serving = {COMMAND_SERVE, NULL, run, server_stop};
    struct server s = {0};

    return serving_main(&serving, &s, argc, argv);
}
